"""Write a GnuCash book as XML from data.

    {"currency": "EUR",
     "accounts": [{"name": "Assets", "type": "ASSET", "placeholder": true},
                  {"name": "Assets:Bank", "type": "BANK", "code": "1200", "description": "Giro"}],
     "transactions": [{"day": "2026-03-04", "text": "Stationery", "number": "17",
                       "splits": [{"account": "Expenses:Office", "cents": 1250, "memo": "pens"},
                                  {"account": "Assets:Bank", "cents": -1250, "state": "y"}]}]}

Parents come before their children. Cents are positive on the debit side; the splits of a
transaction sum to zero. A state is "n", "c" (cleared) or "y" (reconciled). The id of the n-th
transaction, from 0, is `transaction_id(n)`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re

from lxml import etree
from pydantic import JsonValue

from gym_anything.documents.ledger import ACCOUNT_TYPES, NAMESPACES
from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)
from gym_anything.errors import TaskError

_CURRENCY = re.compile(r"[A-Z]{3}")
_ACCOUNT_KEYS = ("name", "type", "code", "description", "placeholder")
_SPLIT_KEYS = ("account", "cents", "memo", "state")


def transaction_id(place: int) -> str:
    """Id that the writer gives the transaction at a place of the list, from 0."""
    return _guid(f"transaction {place}")


def write_accounts(content: JsonValue, path: str = "") -> bytes:
    """Write a book; the same content gives the same bytes.

    Args:
        content: as the top of this file shows.
        path: not used.

    Raises:
        TaskError: another shape, an unknown account, or splits that do not sum to zero.
    """
    parts = take_object(content, "accounts", ("currency", "accounts", "transactions"))
    currency = take_text(parts.get("currency", "EUR"), "currency")
    if not _CURRENCY.fullmatch(currency):
        raise wrong("currency", "three capital letters", currency)
    accounts = take_list(parts.get("accounts"), "accounts")
    transactions = take_list(parts.get("transactions", []), "transactions")
    root = etree.Element("gnc-v2", nsmap=NAMESPACES)
    _count(root, "book", 1)
    book = _add(root, "gnc:book", version="2.0.0")
    _add(book, "book:id", _guid("book"), type="guid")
    _count(book, "commodity", 1)
    _count(book, "account", len(accounts) + 1)
    _count(book, "transaction", len(transactions))
    commodity = _add(book, "gnc:commodity", version="2.0.0")
    _money(commodity, currency)
    ids = {"": _guid("root")}
    top = _add(book, "gnc:account", version="2.0.0")
    _add(top, "act:name", "Root Account")
    _add(top, "act:id", ids[""], type="guid")
    _add(top, "act:type", "ROOT")
    for at, account in enumerate(accounts):
        _account(book, account, f"accounts[{at}]", currency, ids)
    for at, transaction in enumerate(transactions):
        _transaction(book, transaction, at, currency, ids)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _account(
    book: etree._Element, value: JsonValue, key: str, currency: str, ids: dict[str, str]
) -> None:
    shape = take_object(value, key, _ACCOUNT_KEYS)
    name = take_text(shape.get("name"), f"{key}.name")
    parent, _, own = name.rpartition(":")
    if parent not in ids or name in ids or not own:
        raise TaskError(f"{key}.name: {name!r} is there already, or its parent is not")
    ids[name] = _guid(f"account {name}")
    made = _add(book, "gnc:account", version="2.0.0")
    _add(made, "act:name", own)
    _add(made, "act:id", ids[name], type="guid")
    _add(made, "act:type", take_text(shape.get("type"), f"{key}.type", ACCOUNT_TYPES))
    _money(_add(made, "act:commodity"), currency)
    _add(made, "act:commodity-scu", "100")
    for part in ("code", "description"):
        if part in shape:
            _add(made, f"act:{part}", take_text(shape[part], f"{key}.{part}"))
    if take_flag(shape.get("placeholder", False), f"{key}.placeholder"):
        _slot(_add(made, "act:slots"), "placeholder", "true", "string")
    _add(made, "act:parent", ids[parent], type="guid")


def _transaction(
    book: etree._Element, value: JsonValue, place: int, currency: str, ids: dict[str, str]
) -> None:
    key = f"transactions[{place}]"
    shape = take_object(value, key, ("day", "text", "number", "splits"))
    day = take_text(shape.get("day"), f"{key}.day")
    try:
        dt.date.fromisoformat(day)
    except ValueError as error:
        raise wrong(f"{key}.day", "a day such as 2026-03-04", day) from error
    made = _add(book, "gnc:transaction", version="2.0.0")
    _add(made, "trn:id", transaction_id(place), type="guid")
    _money(_add(made, "trn:currency"), currency)
    if "number" in shape:
        _add(made, "trn:num", take_text(shape["number"], f"{key}.number"))
    for part in ("posted", "entered"):
        _add(_add(made, f"trn:date-{part}"), "ts:date", f"{day} 10:59:00 +0000")
    _add(made, "trn:description", take_text(shape.get("text"), f"{key}.text"))
    _slot(_add(made, "trn:slots"), "date-posted", day, "gdate")
    splits = take_list(shape.get("splits"), f"{key}.splits")
    listed = _add(made, "trn:splits")
    cents = [
        _split(listed, split, f"{key}.splits[{at}]", f"split {place} {at}", ids)
        for at, split in enumerate(splits)
    ]
    if sum(cents) or len(cents) < 2:
        raise TaskError(f"{key}.splits: they sum to {sum(cents)} cents, not to zero")


def _split(
    splits: etree._Element, value: JsonValue, key: str, seed: str, ids: dict[str, str]
) -> int:
    shape = take_object(value, key, _SPLIT_KEYS)
    account = take_text(shape.get("account"), f"{key}.account")
    if account not in ids or not account:
        raise TaskError(f"{key}.account: there is no account {account!r}")
    number = take_number(shape.get("cents"), f"{key}.cents", -1e12, 1e12)
    if number != int(number):
        raise wrong(f"{key}.cents", "whole cents", number)
    made = _add(splits, "trn:split")
    _add(made, "split:id", _guid(seed), type="guid")
    if "memo" in shape:
        _add(made, "split:memo", take_text(shape["memo"], f"{key}.memo"))
    state = take_text(shape.get("state", "n"), f"{key}.state", ("n", "c", "y"))
    _add(made, "split:reconciled-state", state)
    _add(made, "split:value", f"{int(number)}/100")
    _add(made, "split:quantity", f"{int(number)}/100")
    _add(made, "split:account", ids[account], type="guid")
    return int(number)


def _guid(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def _add(
    parent: etree._Element, tag: str, text: str | None = None, **attributes: str
) -> etree._Element:
    prefix, _, local = tag.rpartition(":")
    name = f"{{{NAMESPACES[prefix]}}}{local}" if prefix else local
    made = etree.SubElement(parent, name, attributes)
    made.text = text
    return made


def _count(parent: etree._Element, kind: str, number: int) -> None:
    made = _add(parent, "gnc:count-data", str(number))
    made.set(f"{{{NAMESPACES['cd']}}}type", kind)


def _money(parent: etree._Element, currency: str) -> None:
    _add(parent, "cmdty:space", "CURRENCY")
    _add(parent, "cmdty:id", currency)


def _slot(slots: etree._Element, key: str, value: str, kind: str) -> None:
    slot = _add(slots, "slot")
    _add(slot, "slot:key", key)
    made = _add(slot, "slot:value", None if kind == "gdate" else value, type=kind)
    if kind == "gdate":
        _add(made, "gdate", value)
