"""Tasks of GnuCash: payments are entered, corrected and checked in the books of clubs and shops.

Each document is a book alone in its folder. The cells of a register are no widgets, so clicks into
them are computed: all rows have one height, and `files/home` fixes what else decides their places.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gym_anything.documents.books import Books, Posting, books, payees, unused_costs
from gym_anything.intents import Steps, goal, guard, menu, on, route, seen
from gym_anything.task import Check, Click, Document, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template

_TOP, _ROW = 184, 24  # middle of a register's first row, and from row to row, in pixels
_DATE_X, _NUMBER_X, _TEXT_X, _ACCOUNT_X, _MARK_X = 60, 140, 430, 850, 955
_SAVE, _SAVE_KEY = on("Save"), Press("ctrl+s")
_NEW, _EDIT, _SPLIT = (on("New"),), (on("Edit"),), (on("Split", "toggle button"),)
_SAVINGS, _CASH = "Assets:Savings Account", "Assets:Petty Cash"


def open_document(path: str) -> Steps:
    """Open another document of home in the same window."""
    name = path.rpartition("/")[2]
    typed = Type(f"/home/user/{path}")
    window = seen(f"{name} - Accounts - GnuCash", "frame")
    return Press("ctrl+o"), seen("Open...", "dialog"), typed, Press("enter"), window


# Steps, checks and drafts -------------------------------------------------------------------------


def _leaf(account: str) -> str:
    return account.rpartition(":")[2]


def _amount(cents: int) -> str:
    """An amount as it is typed and said, such as 1250.50."""
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _register(account: str) -> Steps:
    """Open the register of an account from the list of accounts."""
    return (
        _group(account),
        on(_leaf(account), "table cell", count=2),
        seen(_leaf(account), "page tab"),
    )


def _group(account: str) -> Click:
    """Show the accounts of a group; a double click does so."""
    return on(account.partition(":")[0], "table cell", count=2)


def _at(row: int, x: int, **more: object) -> Click:
    """A click into a row of the register, from 0."""
    return Click((x, _TOP + _ROW * row))


def _line(posting: Posting, register: str) -> str:
    """What is typed into the empty row of a register, from its date on."""
    cents = posting.cents(register)
    columns = (f"{_amount(cents)}\n",) if cents > 0 else ("", f"{_amount(cents)}\n")
    return "\t".join(
        (posting.day.isoformat(), posting.number, posting.text, posting.other(register), *columns)
    )


def _change(row: int, x: int, value: str) -> Steps:
    """Write over a cell of the register and leave the row by Enter."""
    return _at(row, x), Press("ctrl+a"), Type(f"{value}\n")


def _renamed(found: Books) -> Steps:
    """Save under another name in the same folder."""
    path = f"/home/user/{found.path.rpartition('/')[0]}/copy.gnucash"
    title = "Save As..."
    agreed = on("Save As", window=title)
    return *menu("File", "Save As"), seen(title, "dialog"), Type(path), agreed


def _draft(
    found: Books,
    instruction: str,
    goals: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
    guards: Sequence[Check],
    left: Steps = (),
) -> Draft:
    """A draft whose solution, near misses and variations are given up to the saving.

    Two more near misses do not save, or under another name; `left` is one after which there is
    nothing to save.
    """
    beside: list[JsonValue] = [f"{found.name}.*.log", f"{found.name}.LCK"]
    folder = found.path.rpartition("/")[0]
    alone = guard("files.only", path=folder, names=[found.name], optional=beside)
    home = guard("files.only", path=".", names=["Documents"])
    misses = [route(name, *steps, _SAVE) for name, steps in wrong.items()]
    misses += [route("not saved", *does), route("under another name", *does, *_renamed(found))]
    misses += [route("cancelled", *left)] if left else []
    return Draft(
        instruction=f"{instruction} Then save the book.",
        documents=(Document(found.path, "accounts", found.content()),),
        open=(found.path,),
        checks=(*goals, *guards, alone, home),
        solution=(*does, _SAVE),
        near_misses=tuple(misses),
        variations=tuple(route(name, *steps, _SAVE_KEY) for name, steps in ways.items()),
    )


def _has(found: Books, posting: Posting, **params: JsonValue) -> Check:
    """Goal: exactly one transaction is like this."""
    wanted = {**posting.params(), "unmarked": True, **params}
    return goal("accounts.transaction", path=found.path, **wanted)


def _kept(found: Books, **params: JsonValue) -> Check:
    """Guard: all the rest is as at the start."""
    return guard("accounts.unchanged_except", path=found.path, **params)


def _swapped(cents: int) -> int:
    """An amount with two neighbouring digits that differ in each other's place."""
    if cents < 0:
        return -_swapped(-cents)
    digits = str(cents)
    at = next((at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]), None)
    if at is None:
        return cents + 9
    return int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])


def _with_cents(posting: Posting, cents: int, bank: str) -> Posting:
    """The same between two accounts with another amount on the side of the bank."""
    return replace(posting, lines=((bank, cents), (posting.other(bank), -cents)))


def _fresh(rng: random.Random, found: Books, account: str, low: int, high: int) -> Posting:
    """A payment after all others, to someone who is not in the books yet."""
    known = {posting.text for posting in found.postings}
    payee = next(name for name in payees(rng, len(known) + 1) if name not in known)
    day = found.postings[-1].day + dt.timedelta(days=rng.randint(1, 20))
    number = str(int(found.postings[-1].number) + rng.randint(1, 4))
    cents = rng.randrange(low, high)
    return Posting(day, payee, number, ((found.bank, -cents), (account, cents)))


def _spent(found: Books) -> list[Posting]:
    """Postings from the bank to an expense account."""
    return [each for each in found.postings if each.other(found.bank).startswith("Expenses:")]


# Templates ----------------------------------------------------------------------------------------


@template(skills=("form",), occupation="43-0000")
def enter_payment(rng: random.Random) -> Draft:
    """A bookkeeping clerk enters a payment from its voucher."""
    found = books(rng, rng.randint(8, 14))
    account, other = rng.sample(found.below("Expenses"), 2)
    bank, paid = found.bank, _fresh(rng, found, account, 2_000, 90_000)
    cents = paid.cents(bank)

    def enter(posting: Posting, register: str = bank) -> Steps:
        return *_register(register), Type(_line(posting, register))

    received = _with_cents(paid, -cents, bank)
    return _draft(
        found,
        f"Enter a payment into the books of the {found.holder}, {found.name}: on "
        f"{paid.day.isoformat()} {_amount(cents)} was paid to “{paid.text}” from {bank} for "
        f"{account}. The number of the voucher is {paid.number}.",
        goals=[_has(found, paid)],
        does=enter(paid),
        wrong={
            "to another account": enter(replace(paid, lines=((bank, cents), (other, -cents)))),
            "two digits swapped": enter(_with_cents(paid, _swapped(cents), bank)),
            "as money received": enter(received),
            "a day later": enter(replace(paid, day=paid.day + dt.timedelta(days=1))),
            "without its number": enter(replace(paid, number="")),
            "entered twice": (*enter(paid), Type(_line(paid, bank))),
        },
        ways={
            "from the other account": enter(paid, account),
            "with the toolbar": (
                *(_group(bank), on(_leaf(bank), "table cell"), on("Open")),
                Type(_line(paid, bank)),
            ),
        },
        guards=[_kept(found, new=1)],
    )


@template(skills=("canvas", "pixels", "form"), occupation="13-0000")
def fix_posting(rng: random.Random) -> Draft:
    """An accountant moves a payment to the account that it belongs to."""
    found = books(rng, rng.randint(9, 15))
    bank, paid = found.bank, rng.choice(_spent(found)[:-1])
    row, cents = found.row(paid), paid.cents(found.bank)
    right, other = rng.sample(
        [each for each in found.below("Expenses") if each != paid.other(bank)], 2
    )
    fixed = replace(paid, lines=((bank, cents), (right, -cents)))
    opened = _register(bank)

    def post(account: str, row: int = row) -> Steps:
        return _change(row, _ACCOUNT_X, account)

    return _draft(
        found,
        f"In {found.name} the payment of {_amount(cents)} to “{paid.text}” has been posted to the "
        f"wrong account. It belongs to {right}: correct the posting.",
        goals=[_has(found, fixed)],
        does=(*opened, *post(right)),
        wrong={
            "to another account": (*opened, *post(other)),
            "the payment above": (*opened, *post(right, row - 1)),
            "the payment below": (*opened, *post(right, row + 1)),
            "entered once more": (*opened, Type(_line(fixed, bank))),
            "another one as well": (*opened, *post(right), *post(right, row + 1)),
        },
        ways={
            "wrong at first": (*opened, *post(other), *post(right)),
            "from its number": (
                *(*opened, _at(row, _NUMBER_X), Press("tab"), Press("tab"), Press("ctrl+a")),
                Type(f"{right}\n"),
            ),
        },
        guards=[_kept(found, replaced=[found.id(paid)])],
    )


def _delete(row: int, *agree: Click) -> Steps:
    return _at(row, _TEXT_X), on("Delete"), *agree


@template(skills=("canvas", "pixels", "toolbar", "dialog"), occupation="43-0000")
def remove_duplicate(rng: random.Random) -> Draft:
    """A bookkeeping clerk deletes a payment that has been entered twice."""
    once = books(rng, rng.randint(9, 13))
    bank = once.bank
    twice, near = rng.sample(_spent(once), 2)
    near_twin = replace(near, day=near.day + dt.timedelta(days=1), number=f"{near.number}1")
    postings = [
        copy
        for each in once.postings
        for copy in (
            (each, each) if each is twice else (each, near_twin) if each is near else (each,)
        )
    ]
    postings.sort(key=lambda each: (each.day, int(each.number or 0)))  # as a register does
    found = once.with_postings(postings)
    row, another = found.row(twice), found.row(near)
    yes = on("Delete Transaction")
    opened = _register(bank)
    copies: list[JsonValue] = [found.id(twice), found.id_at(row + 1)]
    return _draft(
        found,
        f"One payment in {found.name} has been entered twice in {bank}: same day, number, payee "
        "and amount. Delete one of the two.",
        goals=[_has(found, twice)],
        does=(*opened, *_delete(row, yes)),
        wrong={
            "both deleted": (*opened, *_delete(row, yes), *_delete(row, yes)),
            "another payee's": (*opened, *_delete(another, yes)),
            "the payment above": (*opened, *_delete(row - 1, yes)),
            "not confirmed": (*opened, *_delete(row, on("Cancel"))),
        },
        ways={
            "the second one": (*opened, *_delete(row + 1, yes)),
            "with the menu": (
                *(*opened, _at(row, _DATE_X), *menu("Transaction", "Delete Transaction"), yes),
            ),
        },
        guards=[_kept(found, ids=copies)],
    )


@template(skills=("canvas", "pixels", "pointer"), occupation="43-0000")
def mark_cleared(rng: random.Random) -> Draft:
    """A bookkeeping clerk marks the payments that the bank has carried out."""
    found = books(rng, rng.randint(9, 14))
    bank = found.bank
    some = sorted(rng.sample(found.postings[1:], 4), key=found.row)
    wanted, other = some[:3], some[3]
    rng.shuffle(wanted)
    opened = _register(bank)

    def mark(*postings: Posting) -> Steps:
        """A click marks the line, the button of the toolbar enters the change."""
        clicks = ((_at(found.row(each), _MARK_X), on("Enter")) for each in postings)
        return tuple(step for steps in clicks for step in steps)

    ids: list[JsonValue] = [found.id(each) for each in wanted]
    rest: list[JsonValue] = [found.id(each) for each in found.postings if each not in wanted]
    named = ", ".join(f"{_amount(each.cents(bank))} of {each.day.isoformat()}" for each in wanted)
    return _draft(
        found,
        f"The bank has carried out three payments in {found.name}: {named}. Mark exactly these as "
        f"cleared (c) in the register of {bank}.",
        goals=[
            goal("accounts.reconciled", path=found.path, account=bank, ids=[each], states=["c"])
            for each in ids
        ],
        does=(*opened, *mark(*wanted)),
        wrong={
            "one left out": (*opened, *mark(*wanted[:2])),
            "another one instead": (*opened, *mark(*wanted[:2], other)),
            "another one as well": (*opened, *mark(*wanted, other)),
            "one of them twice": (*opened, *mark(*wanted, wanted[0])),
        },
        ways={
            "from the last": (*opened, *mark(*reversed(wanted))),
            "one unmarked again": (*opened, *mark(other, *wanted, other)),
        },
        guards=[
            guard("accounts.reconciled", path=found.path, account=bank, ids=rest, states=["n"]),
            _kept(found, marks=[bank]),
        ],
    )


@template(skills=("form", "toolbar"), occupation="13-0000")
def split_receipt(rng: random.Random) -> Draft:
    """An accountant enters a receipt whose sum belongs to two accounts."""
    found = books(rng, rng.randint(8, 12))
    bank = found.bank
    one, two, other = rng.sample(found.below("Expenses"), 3)
    paid = _fresh(rng, found, one, 1_500, 60_000)
    first, second = paid.cents(one), rng.randrange(1_000, 40_000)
    whole = -first - second
    parts = ((one, first), (two, second))

    def enter(*lines: tuple[str, int], button: Steps = _SPLIT) -> Steps:
        """The line of the bank stands first; a line has action, memo, account and two amounts."""
        head = f"{paid.day.isoformat()}\t{paid.number}\t{paid.text}\t"
        rest = "\t\t".join(f"\t\t{account}\t{_amount(cents)}" for account, cents in lines)
        typed = Type(f"\t\t\t\t\t{_amount(whole)}\t{rest}")
        return *_register(bank), Type(head), *button, typed, on("Enter")

    simple = Type(_line(_with_cents(paid, whole, bank), bank))
    return _draft(
        found,
        f"Enter a receipt into {found.name}: on {paid.day.isoformat()} {_amount(whole)} was paid "
        f"to “{paid.text}” from {bank}, number {paid.number}. Of that, {_amount(first)} is for "
        f"{one} and {_amount(second)} for {two}: make it one transaction with a split for each.",
        goals=[_has(found, replace(paid, lines=((bank, whole), *parts)))],
        does=enter(*parts),
        wrong={
            "all to one account": (*_register(bank), simple),
            "the other way round": enter((one, second), (two, first)),
            "one to another account": enter(parts[0], (other, second)),
            "two digits swapped": enter((one, _swapped(first)), parts[1]),
        },
        ways={
            "the second one first": enter(*reversed(parts)),
            "with the menu": enter(
                *parts, button=menu("Actions", "Split Transaction", role="check menu item")
            ),
        },
        guards=[_kept(found, new=1)],
    )


_PURPOSES = ("Costs of the {}", "Planned for the {}", "Paid by the {}", "Approved for the {}")


def _fill(window: str, *fields: tuple[str, str]) -> Steps:
    """Write over named text fields of a dialog."""
    return tuple(
        step
        for label, text in fields
        for step in (on(label, "text", window=window), Press("ctrl+a"), Type(text))
    )


@template(skills=("dialog", "form", "tree"), occupation="11-0000")
def open_account(rng: random.Random) -> Draft:
    """The owner of a small business opens an account for a new kind of cost."""
    found = books(rng, rng.randint(8, 14))
    name, another = unused_costs(rng, found, 2)
    code = str(rng.randint(6500, 6899))
    purpose = rng.choice(_PURPOSES).format(rng.choice(("branch", "season", "team", "project")))

    def make(
        name: str,
        code: str = code,
        parent: str = "Expenses",
        end: str = "OK",
        opened: Steps = _NEW,
    ) -> Steps:
        typed = _fill("New Account", ("Account name", name), ("Account code", code))
        described = _fill("New Account", ("Description", purpose))
        chosen = on(parent, "table cell")
        return chosen, *opened, *typed, *described, on(end, window="New Account")

    account = f"Expenses:{name}"
    wanted: dict[str, JsonValue] = {"type": "EXPENSE", "code": code, "description": purpose}
    return _draft(
        found,
        f"Open an account “{name}” below Expenses in {found.name}, with the code {code} and the "
        f"description “{purpose}”. Its type is Expense.",
        goals=[
            goal("accounts.account", path=found.path, name=account, placeholder=False, **wanted)
        ],
        does=make(name),
        wrong={
            "another name": make(another),
            "two digits of the code swapped": make(name, str(_swapped(int(code)))),
            "below Income": make(name, parent="Income"),
        },
        ways={
            "with the menu": make(name, opened=menu("Actions", "New Account")),
            "the code corrected": (
                *make(name, "1"),
                *(on("Expenses", "table cell", count=2), on(name, "table cell"), on("Edit")),
                *_fill("Edit Account", ("Account code", code)),
                on("OK", window="Edit Account"),
            ),
        },
        guards=[_kept(found, accounts=[account])],
        left=make(name, end="Cancel"),
    )


@template(skills=("dialog", "form", "tree"), occupation="13-0000", split="validation")
def recode_account(rng: random.Random) -> Draft:
    """An accountant gives an account its name and code of the new chart of accounts."""
    found = books(rng, rng.randint(8, 14))
    chosen, other = rng.sample(found.below("Expenses"), 2)
    name = unused_costs(rng, found, 1)[0]
    code = str(rng.randint(7000, 7999))

    def edit(
        account: str, name: str = name, code: str = code, end: str = "OK", by: Steps = _EDIT
    ) -> Steps:
        typed = _fill("Edit Account", ("Account name", name), ("Account code", code))
        return on(_leaf(account), "table cell"), *by, *typed, on(end, window="Edit Account")

    opened, renamed = _group(chosen), f"Expenses:{name}"
    back = edit(renamed, _leaf(chosen), "1")
    return _draft(
        found,
        f"In {found.name} the account {chosen} is to be called “{name}” from now on, with the code "
        f"{code}. Change it; its payments stay in it.",
        goals=[goal("accounts.account", path=found.path, name=renamed, code=code, id_of=chosen)],
        does=(opened, *edit(chosen)),
        wrong={
            "another account": (opened, *edit(other)),
            "two digits swapped": (opened, *edit(chosen, code=str(_swapped(int(code))))),
            "in small letters": (opened, *edit(chosen, name.lower())),
            "changed back": (opened, *edit(chosen), *back),
        },
        ways={
            "by key": (opened, *edit(chosen, by=(Press("ctrl+e"),))),
            "wrong at first": (opened, *edit(chosen, code="7"), *edit(renamed)),
        },
        guards=[_kept(found, renamed={chosen: renamed})],
        left=(opened, *edit(chosen, end="Cancel")),
    )


@template(skills=("dialog", "form", "tree"), occupation="11-0000", split="test")
def move_money(rng: random.Random) -> Draft:
    """The treasurer of a club moves money from one account to another."""
    found = books(rng, rng.randint(8, 14))
    bank = found.bank
    kind, to, other = rng.choice((("reserve", _SAVINGS, _CASH), ("float", _CASH, _SAVINGS)))
    text = f"{rng.randint(4, 30)}th {kind} of the year"
    cents = rng.randrange(5_000, 200_000)
    moved = replace(_fresh(rng, found, to, 1, 2), text=text, lines=((bank, -cents), (to, cents)))
    window = "Transfer Funds"

    def move(source: str, to: str, cents: int = cents, end: str = "OK") -> Steps:
        """From the list on the left, which comes second in the tree, to that on the right."""
        days = Type(f"{_amount(cents)}\t{moved.day.isoformat()}")
        number, description = (Click(Target(role="text", window=window, nth=at)) for at in (3, 2))
        named = (number, Type(moved.number), description, Type(text))
        lists = (
            on(_leaf(source), "table cell", window=window, nth=1),
            on(_leaf(to), "table cell", window=window),
        )
        return *menu("Actions", "Transfer"), days, *named, *lists, on(end, window=window)

    opened = (_group(bank), on(_leaf(bank), "table cell"))
    return _draft(
        found,
        f"Enter a transfer in {found.name}: on {moved.day.isoformat()} {_amount(cents)} was moved "
        f"from {bank} to {to}. The number is {moved.number}, the description “{text}”.",
        goals=[_has(found, moved)],
        does=(*opened, *move(bank, to)),
        wrong={
            "the other way round": (*opened, *move(to, bank)),
            "to another account": (*opened, *move(bank, other)),
            "two digits swapped": (*opened, *move(bank, to, _swapped(cents))),
            "twice": (*opened, *move(bank, to), *move(bank, to)),
        },
        ways={
            "in the register": (*_register(bank), Type(_line(moved, bank))),
            "in the other register": (*_register(to), Type(_line(moved, to))),
        },
        guards=[_kept(found, new=1)],
        left=(*opened, *move(bank, to, end="Cancel")),
    )
