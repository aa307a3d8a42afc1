"""Plausible books of clubs and small firms: accounts, and the payments of some months.

`books(rng)` gives records that agree: every line belongs to an account that is there, the lines of
a posting sum to zero, days are in order and different, payees and numbers are unique. Money is in
whole cents, positive on the debit side.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from gym_anything.documents import business
from gym_anything.documents.writers.accounts import transaction_id

_HOLDERS = (
    *("Rowing Club", "Chess Club", "Choir", "Allotment Society", "Film Society", "Cycling Club"),
    *("Bakery", "Bookshop", "Bicycle Workshop", "Flower Shop", "Print Shop", "Music School"),
    *("Youth Theatre", "Sailing School", "Pottery", "Day Nursery", "Hiking Club", "Brass Band"),
)
_BANKS = ("Current Account", "Business Account", "Main Account", "Community Account")
_EXPENSES = (
    # (account, lowest and highest payment in cents)
    ("Advertising", 4_500, 90_000),
    ("Catering", 2_200, 60_000),
    ("Cleaning", 3_000, 40_000),
    ("Equipment", 8_000, 210_000),
    ("Insurance", 9_000, 120_000),
    ("Office Supplies", 600, 18_000),
    ("Postage", 300, 9_000),
    ("Printing", 1_500, 45_000),
    ("Rent", 30_000, 160_000),
    ("Repairs", 2_500, 130_000),
    ("Telephone", 1_900, 12_000),
    ("Training", 5_000, 85_000),
    ("Travel", 1_200, 70_000),
    ("Utilities", 6_000, 75_000),
)
_INCOME = ("Course Fees", "Donations", "Grants", "Membership Fees", "Sales", "Ticket Sales")


@dataclass(frozen=True, slots=True)
class Posting:
    """A transaction.

    Attributes:
        day: of the payment.
        text: who paid or was paid.
        number: of the voucher.
        lines: (account, cents), two or more, sum zero.
        marked: accounts whose line is cleared.
        reconciled: accounts whose line is reconciled.
    """

    day: dt.date
    text: str
    number: str
    lines: tuple[tuple[str, int], ...]
    marked: tuple[str, ...] = ()
    reconciled: tuple[str, ...] = ()

    def cents(self, account: str) -> int:
        """Sum of its lines on an account."""
        return sum(cents for name, cents in self.lines if name == account)

    def other(self, account: str) -> str:
        """The first account that is not this one."""
        return next(name for name, _ in self.lines if name != account)

    def state(self, account: str) -> str:
        """Mark of its line on an account: "n", "c" (cleared) or "y" (reconciled)."""
        return "y" if account in self.reconciled else "c" if account in self.marked else "n"

    def params(self) -> dict[str, JsonValue]:
        """Parameters of the verifier `accounts.transaction` that tell it."""
        splits: dict[str, JsonValue] = {name: self.cents(name) for name, _ in self.lines}
        return {
            "day": self.day.isoformat(),
            "text": self.text,
            "number": self.number,
            "splits": splits,
        }

    def content(self) -> JsonValue:
        """What the writer of the kind "accounts" takes for it."""
        splits: list[JsonValue] = [
            {"account": name, "cents": cents, "state": self.state(name)}
            for name, cents in self.lines
        ]
        return {
            "day": self.day.isoformat(),
            "text": self.text,
            "number": self.number,
            "splits": splits,
        }


@dataclass(frozen=True, slots=True)
class Books:
    """The books of someone.

    Attributes:
        holder: whose.
        bank: full name of the account that payments go through.
        accounts: content of the writer, parents first.
        postings: in order of day; the first is the opening balance.
    """

    holder: str
    bank: str
    accounts: tuple[dict[str, JsonValue], ...]
    postings: tuple[Posting, ...]

    @property
    def path(self) -> str:
        """Where they are kept, relative to home."""
        slug = self.holder.lower().replace(" ", "-")
        return f"Documents/{slug}/{slug}-{self.postings[0].day.year}.gnucash"

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.rpartition("/")[2]

    def below(self, parent: str) -> list[str]:
        """Full names of the accounts below another."""
        found = [str(each["name"]) for each in self.accounts]
        return [name for name in found if name.startswith(f"{parent}:")]

    def row(self, posting: Posting) -> int:
        """Where a posting stands in the register of the bank, from 0."""
        return self.postings.index(posting)

    def id(self, posting: Posting) -> str:
        """Id of its transaction in the file."""
        return transaction_id(self.postings.index(posting))

    def id_at(self, row: int) -> str:
        """Id of the transaction in a row of the register of the bank, from 0."""
        return transaction_id(row)

    def with_postings(self, postings: Sequence[Posting]) -> Books:
        """The same with other postings."""
        return replace(self, postings=tuple(postings))

    def content(self) -> JsonValue:
        """What the writer of the kind "accounts" takes."""
        return {
            "currency": "EUR",
            "accounts": list[JsonValue](self.accounts),
            "transactions": [posting.content() for posting in self.postings],
        }


def books(rng: random.Random, count: int) -> Books:
    """Books of one year, all of whose postings go through the bank; at least half are expenses.

    Args:
        rng: source of chance.
        count: postings beside the opening balance, at most 60.
    """
    year = rng.randint(2015, 2025)
    bank = f"Assets:{rng.choice(_BANKS)}"
    costs = sorted(rng.sample(_EXPENSES, 6))
    income = sorted(rng.sample(_INCOME, 2))
    opening = Posting(
        dt.date(year, 1, 1),
        "Opening balance",
        "",
        ((bank, rng.randrange(400_000, 3_000_000)), ("Equity", 0)),
    )
    opening = replace(
        opening, lines=((bank, opening.cents(bank)), ("Equity", -opening.cents(bank)))
    )
    span = [dt.date(year, 1, 2) + dt.timedelta(days=at) for at in range(330)]
    days = sorted(rng.sample([day for day in span if day.weekday() < 5], count))
    number, received = rng.randint(101, 899), 0
    postings = [opening]
    for day, payee in zip(days, payees(rng, count), strict=True):
        number += rng.randint(1, 3)
        if rng.random() < 0.25 and received < count // 2:
            received += 1
            cents, account = rng.randrange(2_000, 150_000), f"Income:{rng.choice(income)}"
        else:
            cost, low, high = rng.choice(costs)
            cents, account = -rng.randrange(low, high), f"Expenses:{cost}"
        lines = ((bank, cents), (account, -cents))
        postings.append(Posting(day, payee, str(number), lines))
    accounts = _chart(rng, bank, [cost for cost, _, _ in costs], income)
    return Books(rng.choice(_HOLDERS), bank, accounts, tuple(postings))


def payees(rng: random.Random, count: int) -> list[str]:
    """Names of different firms."""
    return [firm.name for firm in business.companies(rng, count)]


def unused_costs(rng: random.Random, found: Books, count: int) -> list[str]:
    """Names of expense accounts that the books do not have."""
    used = found.below("Expenses")
    return rng.sample([cost for cost, _, _ in _EXPENSES if f"Expenses:{cost}" not in used], count)


def _chart(
    rng: random.Random, bank: str, costs: Sequence[str], income: Sequence[str]
) -> tuple[dict[str, JsonValue], ...]:
    """Accounts in groups, with codes that rise."""
    groups: tuple[tuple[str, str, int, Sequence[tuple[str, str]]], ...] = (
        (
            "Assets",
            "ASSET",
            1000,
            (
                (bank.partition(":")[2], "BANK"),
                ("Petty Cash", "CASH"),
                ("Savings Account", "BANK"),
            ),
        ),
        ("Income", "INCOME", 4000, [(name, "INCOME") for name in income]),
        ("Expenses", "EXPENSE", 6000, [(name, "EXPENSE") for name in costs]),
    )
    found: list[dict[str, JsonValue]] = [{"name": "Equity", "type": "EQUITY", "code": "3000"}]
    for group, kind, code, members in groups:
        found.append({"name": group, "type": kind, "placeholder": True, "code": str(code)})
        step = rng.choice((10, 20, 50))
        for at, (name, own) in enumerate(members, 1):
            account: dict[str, JsonValue] = {"name": f"{group}:{name}", "type": own}
            found.append({**account, "code": str(code + at * step)})
    return tuple(found)
