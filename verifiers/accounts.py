"""Verifiers of GnuCash books: accounts, balances, transactions and their splits.

Common parameters: `path` is the book, relative to home; an account is its full name, such as
"Assets:Bank". Amounts are in whole cents, positive on the debit side, and exact. A book that is
missing, damaged or too large fails every check here, and so does one that does not balance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.ledger import Book, Transaction, read_book
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict


@fails_closed(Verdict.no)
def account(
    state: FinalState,
    path: str,
    name: str,
    type: str = "",
    code: str | None = None,
    description: str | None = None,
    placeholder: bool | None = None,
    id_of: str = "",
) -> Verdict:
    """Whether there is an account of this kind.

    Args:
        state: the final state.
        path: the book.
        name: full name of the account.
        type: such as "EXPENSE", "" for any.
        code: its code, null for any.
        description: its description, null for any.
        placeholder: whether it only groups others, null for either.
        id_of: full name that it had at the start, "" if that does not matter.
    """
    accounts = _read(state, path).accounts
    if name not in accounts:
        near = [each for each in accounts if each.rpartition(":")[2] == name.rpartition(":")[2]]
        return Verdict.no(f"there is no account {name}; of that name: {', '.join(near) or 'none'}")
    found = accounts[name]
    wanted = {"type": type or None, "code": code, "description": description}
    for part, value in wanted.items():
        if value is not None and getattr(found, part) != value:
            return Verdict.no(f"the {part} of {name} is {getattr(found, part)!r}")
    if placeholder is not None and found.placeholder != placeholder:
        return Verdict.no(f"{name} is {'' if found.placeholder else 'no '}placeholder")
    if id_of and found.id != _read_initial(state, path).accounts[id_of].id:
        return Verdict.no(f"{name} is not what was {id_of}")
    return Verdict.yes(f"the account {name} is as expected")


@fails_closed(Verdict.no)
def balance(
    state: FinalState, path: str, account: str, cents: int, with_children: bool = False
) -> Verdict:
    """Whether an account has this balance.

    Args:
        state: the final state.
        path: the book.
        account: full name.
        cents: expected balance, positive if it is on the debit side.
        with_children: whether the accounts below it are added.
    """
    book = _read(state, path)
    if account not in book.accounts:
        return Verdict.no(f"there is no account {account}")
    found = book.balance(account, with_children)
    return _verdict(
        found == Fraction(cents, 100), f"the balance of {account} is {float(found):.2f}"
    )


@fails_closed(Verdict.no)
def transaction(
    state: FinalState,
    path: str,
    day: str,
    splits: dict[str, int],
    text: str | None = None,
    number: str | None = None,
    count: int = 1,
    unmarked: bool = False,
) -> Verdict:
    """Whether exactly so many transactions of a day have these splits.

    Splits of one account are added up, so that it does not matter how an amount was divided.

    Args:
        state: the final state.
        path: the book.
        day: such as "2026-03-04".
        splits: cents by account, all of them.
        text: description, in any case; null for any.
        number: number, null for any.
        count: how many; 0 for none.
        unmarked: whether none of their splits may be cleared or reconciled.
    """
    found = [
        each
        for each in _read(state, path).transactions
        if each.day == day
        and _amounts(each) == splits
        and (text is None or each.text.casefold() == text.casefold())
        and (number is None or each.number == number)
        and not (unmarked and any(split.state != "n" for split in each.splits))
    ]
    return _verdict(len(found) == count, f"{len(found)} transactions of {day} are like that")


@fails_closed(Verdict.no)
def reconciled(
    state: FinalState, path: str, account: str, ids: list[str], states: list[Literal["n", "c", "y"]]
) -> Verdict:
    """Whether the splits of an account in some transactions have one of these states.

    Args:
        state: the final state.
        path: the book.
        account: full name.
        ids: of the transactions.
        states: that count: "n", "c" (cleared), "y" (reconciled).
    """
    if not ids:
        raise TaskError("accounts.reconciled: ids: at least one is needed")
    by_id = {each.id: each for each in _read(state, path).transactions}
    for wanted in ids:
        if wanted not in by_id:
            return Verdict.no(f"the transaction {wanted[:8]} is gone")
        mine = [each for each in by_id[wanted].splits if each.account == account]
        odd = [each.state for each in mine if each.state not in states]
        if odd or not mine:
            text = by_id[wanted].text
            return Verdict.no(f"{text!r} on {account}: state {odd or 'missing'}"[:200])
    return Verdict.yes(f"{len(ids)} transactions are marked on {account}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    accounts: list[str] = [],  # noqa: B006
    ids: list[str] = [],  # noqa: B006
    new: int = 0,
    marks: list[str] = [],  # noqa: B006
    replaced: list[str] = [],  # noqa: B006
    renamed: dict[str, str] = {},  # noqa: B006
) -> Verdict:
    """Whether everything else is as in the set-up document: meant as a guard.

    Args:
        state: the final state.
        path: the book.
        accounts: full names of accounts that may be new, gone or others.
        ids: transactions that may be gone or others.
        new: how many further transactions there may be.
        marks: accounts of which the splits may have been reconciled or not.
        replaced: transactions that may be others, or gone with a new one each in their place.
        renamed: new full names of accounts by their old ones; only their codes may be others, too.
    """
    before, after = _renamed(_read_initial(state, path), renamed), _read(state, path)
    fault = _accounts_fault(
        before, after, set(accounts), set(renamed.values())
    ) or _transactions_fault(
        before, after, {*ids, *replaced}, new + _gone(after, replaced), set(marks)
    )
    return _verdict(not fault, fault or "nothing else was changed")


def _renamed(book: Book, names: Mapping[str, str]) -> Book:
    """A book in which accounts have other full names."""
    accounts = [
        replace(each, name=names.get(each.name, each.name)) for each in book.accounts.values()
    ]
    transactions = [
        replace(
            each,
            splits=tuple(
                replace(split, account=names.get(split.account, split.account))
                for split in each.splits
            ),
        )
        for each in book.transactions
    ]
    return Book({each.name: each for each in accounts}, tuple(transactions))


def _accounts_fault(before: Book, after: Book, free: set[str], recoded: set[str]) -> str:
    for name in sorted((before.accounts.keys() | after.accounts.keys()) - free):
        if name not in after.accounts:
            return f"the account {name} is gone"
        if name not in before.accounts:
            return f"the account {name} is new"
        old, now = before.accounts[name], after.accounts[name]
        if old != (replace(now, code=old.code) if name in recoded else now):
            return f"the account {name} is another"
    return ""


def _transactions_fault(
    before: Book, after: Book, free: set[str], new: int, marks: set[str]
) -> str:
    old = {each.id: each for each in before.transactions}
    now = {each.id: each for each in after.transactions}
    if len(now) != len(after.transactions):
        return "two transactions have the same id"
    for key in old.keys() - free:
        if key not in now:
            return f"the transaction {old[key].text!r} of {old[key].day} is gone"
        if _content(old[key], marks) != _content(now[key], marks):
            return f"the transaction {old[key].text!r} of {old[key].day} is another"
    further = len(now.keys() - old.keys())
    return f"{further} transactions are new, at most {new} may be" if further > new else ""


def _gone(book: Book, ids: list[str]) -> int:
    return len(set(ids) - {each.id for each in book.transactions})


def _content(transaction: Transaction, marks: set[str]) -> tuple[object, ...]:
    splits = Counter(
        (each.account, each.amount, each.memo, "" if each.account in marks else each.state)
        for each in transaction.splits
        if each.amount
    )
    return (transaction.day, transaction.text, transaction.number, splits)


def _amounts(transaction: Transaction) -> Mapping[str, Fraction]:
    """Cents by account; accounts whose splits cancel each other out are left out."""
    found: dict[str, Fraction] = {}
    for split in transaction.splits:
        found[split.account] = found.get(split.account, Fraction(0)) + split.amount * 100
    return {name: cents for name, cents in found.items() if cents}


def _read(state: FinalState, path: str) -> Book:
    book = read_book(state.home.read_bytes(path))
    for each in book.transactions:
        if sum((split.amount for split in each.splits), Fraction(0)):
            raise DocumentError(f"the transaction {each.text!r} of {each.day} does not balance")
    return book


def _read_initial(state: FinalState, path: str) -> Book:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    return read_book(state.initial[path])


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
