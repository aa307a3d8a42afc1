"""Read a GnuCash book (XML, packed or not): accounts, transactions and their splits.

Amounts are exact fractions, positive on the debit side. Used by the verifiers of accounts.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.safe import parse_xml

_PREFIXES = ("gnc", "act", "book", "cd", "cmdty", "price", "slot", "split", "sx", "trn", "ts")
NAMESPACES = {prefix: f"http://www.gnucash.org/XML/{prefix}" for prefix in _PREFIXES}
"""Namespaces of a book, by prefix."""
ACCOUNT_TYPES = (
    *("ASSET", "BANK", "CASH", "CREDIT", "LIABILITY", "EQUITY", "INCOME", "EXPENSE"),
    *("RECEIVABLE", "PAYABLE"),
)
MAX_BOOK_BYTES = 32 << 20
_MAX_DEPTH = 50
_GZIP = b"\x1f\x8b"
_AMOUNT = re.compile(r"-?\d{1,25}(/\d{1,25})?")  # no exponents: a short one can be a huge number


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `name` is its full one, such as "Assets:Bank"."""

    id: str
    name: str
    type: str
    code: str
    description: str
    placeholder: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Split:
    """A line of a transaction; `state` is "n", "c" (cleared) or "y" (reconciled)."""

    account: str
    amount: Fraction
    memo: str
    state: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction; its day is like "2026-03-04", its splits are in order of account."""

    id: str
    day: str
    text: str
    number: str
    splits: tuple[Split, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A book: accounts by their full names, and transactions in order of the file."""

    accounts: Mapping[str, Account]
    transactions: tuple[Transaction, ...]

    def balance(self, account: str, with_children: bool = False) -> Fraction:
        """Sum of the splits of an account, and of those below it if wanted."""
        below = f"{account}:"
        return sum(
            (
                split.amount
                for transaction in self.transactions
                for split in transaction.splits
                if split.account == account or (with_children and split.account.startswith(below))
            ),
            Fraction(0),
        )


def read_book(data: bytes) -> Book:
    """Read a book.

    Raises:
        DocumentError: no book, damaged, too large, or with accounts or amounts that make no sense.
    """
    root = parse_xml(unpack_book(data), "the book")
    if root.tag != "gnc-v2":
        raise DocumentError(f"not a GnuCash book: its XML begins with <{root.tag}>"[:200])
    book = root.find("gnc:book", NAMESPACES)
    if book is None:
        raise DocumentError("there is no book in the file")
    names, accounts = _accounts(book.findall("gnc:account", NAMESPACES))
    transactions = tuple(
        _transaction(each, names) for each in book.findall("gnc:transaction", NAMESPACES)
    )
    return Book(MappingProxyType(accounts), transactions)


def unpack_book(data: bytes) -> bytes:
    """XML of a book, packed or not. Raises DocumentError: damaged, or too large when unpacked."""
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        content = unpacker.decompress(data, MAX_BOOK_BYTES)
    except zlib.error as error:
        raise DocumentError(f"the book cannot be unpacked: {error}") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise DocumentError("the book is cut off, or too large when unpacked")
    return content


def _accounts(found: list[etree._Element]) -> tuple[dict[str, str], dict[str, Account]]:
    """Full names by id, and accounts by full name."""
    by_id = {_text(each, "act:id"): each for each in found}
    names: dict[str, str] = {}
    for each in found:
        names[_text(each, "act:id")] = _full_name(each, by_id)
    accounts = {}
    for key, each in by_id.items():
        if _text(each, "act:type") == "ROOT":
            continue
        if names[key] in accounts:
            raise DocumentError(f"two accounts are called {names[key]!r}"[:300])
        accounts[names[key]] = Account(
            id=key,
            name=names[key],
            type=_text(each, "act:type"),
            code=_text(each, "act:code"),
            description=_text(each, "act:description"),
            placeholder=_slot(each, "placeholder") == "true",
            hidden=_slot(each, "hidden") == "true",
        )
    return names, accounts


def _full_name(account: etree._Element, by_id: Mapping[str, etree._Element]) -> str:
    parts: list[str] = []
    here: etree._Element | None = account
    while here is not None and _text(here, "act:type") != "ROOT":
        if len(parts) > _MAX_DEPTH:
            raise DocumentError("accounts lie too deep, or in a circle")
        parts.append(_text(here, "act:name"))
        here = by_id.get(_text(here, "act:parent"))
    return ":".join(reversed(parts))


def _slot(element: etree._Element, key: str) -> str:
    for slot in element.iterfind("act:slots/slot", NAMESPACES):
        if _text(slot, "slot:key") == key:
            return _text(slot, "slot:value")
    return ""


def _transaction(found: etree._Element, names: Mapping[str, str]) -> Transaction:
    splits = [_split(each, names) for each in found.iterfind("trn:splits/trn:split", NAMESPACES)]
    return Transaction(
        id=_text(found, "trn:id"),
        day=_text(found, "trn:date-posted/ts:date")[:10],
        text=_text(found, "trn:description"),
        number=_text(found, "trn:num"),
        splits=tuple(sorted(splits, key=lambda each: (each.account, each.amount, each.memo))),
    )


def _split(found: etree._Element, names: Mapping[str, str]) -> Split:
    account = _text(found, "split:account")
    if account not in names:
        raise DocumentError("a split belongs to an account that is not there")
    value = _text(found, "split:value")
    if not _AMOUNT.fullmatch(value) or not value.isascii():
        raise DocumentError(f"{value[:60]!r} is no amount")
    try:
        amount = Fraction(value)
    except ZeroDivisionError as error:
        raise DocumentError(f"{value[:60]!r} is no amount") from error
    return Split(
        account=names[account],
        amount=amount,
        memo=_text(found, "split:memo"),
        state=_text(found, "split:reconciled-state"),
    )


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path, "", NAMESPACES) or "").strip()
