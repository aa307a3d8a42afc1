"""Mutators of GnuCash books; what a mutator is stands in base.py."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator

from lxml import etree

from gym_anything.documents.ledger import NAMESPACES, unpack_book
from gym_anything.documents.safe import parse_xml
from gym_anything.mutation.base import Mutation

SUFFIXES = (".gnucash", ".xac")
_TRANSACTIONS = 4  # that are tampered with
_ACCOUNTS = 3


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Transactions and accounts changed, moved, doubled or gone; the file overwritten."""
    root = parse_xml(unpack_book(data), "the book")
    transactions = root.findall(".//gnc:transaction", NAMESPACES)
    for at in rng.sample(range(len(transactions)), min(_TRANSACTIONS, len(transactions))):
        text = transactions[at].findtext("trn:description", "", NAMESPACES)
        for name, change in _TRANSACTION_DAMAGE.items():
            yield from _changed(data, f"transaction {text!r}: {name}", "transaction", at, change)
    accounts = root.findall(".//gnc:account", NAMESPACES)
    below = [
        at for at, each in enumerate(accounts) if each.find("act:parent", NAMESPACES) is not None
    ]
    for at in rng.sample(below, min(_ACCOUNTS, len(below))):
        text = accounts[at].findtext("act:name", "", NAMESPACES)
        for name, change in _ACCOUNT_DAMAGE.items():
            yield from _changed(data, f"account {text!r}: {name}", "account", at, change)
    yield Mutation("overwritten by text", b"exported\n" * 20)


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same accounts and transactions in other bytes."""
    plain = unpack_book(data)
    yield Mutation("packed", gzip.compress(plain, mtime=0))
    yield Mutation("unpacked", plain)
    root = parse_xml(plain, "the book")
    yield Mutation("serialised again", etree.tostring(root, encoding="utf-8"))
    root.append(etree.Comment(f" {rng.randint(1, 99)} "))
    yield Mutation("with a comment", etree.tostring(root, encoding="utf-8"))


def _changed(
    data: bytes, name: str, kind: str, at: int, change: Callable[[etree._Element], None]
) -> Iterator[Mutation]:
    """The book with one element changed; none if it lacks what would be changed."""
    root = parse_xml(unpack_book(data), "the book")
    before = etree.tostring(root)
    change(root.findall(f".//gnc:{kind}", NAMESPACES)[at])
    if etree.tostring(root) != before:
        yield Mutation(name, etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _append(path: str) -> Callable[[etree._Element], None]:
    """Make a text longer by a letter."""

    def change(element: etree._Element) -> None:
        found = element.find(path, NAMESPACES)
        if found is not None:
            found.text = (found.text or "") + "x"

    return change


def _later(transaction: etree._Element) -> None:
    found = transaction.find("trn:date-posted/ts:date", NAMESPACES)
    if found is not None and found.text:
        found.text = str(int(found.text[:4]) + 1) + found.text[4:]


def _dearer(transaction: etree._Element) -> None:
    """Add 10 to the value of the first split and take it from the second."""
    for change, split in zip((10, -10), transaction.iterfind(_SPLITS, NAMESPACES), strict=False):
        for part in ("split:value", "split:quantity"):
            found = split.find(part, NAMESPACES)
            if found is not None and found.text:
                top, _, bottom = found.text.partition("/")
                found.text = f"{int(top) + change * int(bottom or 1)}/{bottom or 1}"


def _marked(transaction: etree._Element) -> None:
    """Clear the first split, or take its mark away."""
    found = transaction.find(f"{_SPLITS}/split:reconciled-state", NAMESPACES)
    if found is not None:
        found.text = "c" if found.text == "n" else "n"


def _turned(transaction: etree._Element) -> None:
    """Let the accounts of the first two splits change places."""
    found = [
        each.find("split:account", NAMESPACES) for each in transaction.iterfind(_SPLITS, NAMESPACES)
    ]
    if len(found) > 1 and found[0] is not None and found[1] is not None:
        found[0].text, found[1].text = found[1].text, found[0].text


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _double(transaction: etree._Element) -> None:
    copy = etree.fromstring(etree.tostring(transaction))
    key = copy.find("trn:id", NAMESPACES)
    if key is not None and key.text:
        key.text = key.text[::-1]
    transaction.addnext(copy)


_SPLITS = "trn:splits/trn:split"
_TRANSACTION_DAMAGE: dict[str, Callable[[etree._Element], None]] = {
    "another description": _append("trn:description"),
    "another number": _append("trn:num"),
    "another mark": _marked,
    "a year later": _later,
    "10 more": _dearer,
    "the other way round": _turned,
    "deleted": _drop,
    "entered twice": _double,
}
_ACCOUNT_DAMAGE: dict[str, Callable[[etree._Element], None]] = {
    "another name": _append("act:name"),
    "another type": _append("act:type"),
    "deleted": _drop,
}
