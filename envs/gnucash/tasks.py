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


def _with_lines(posting: Posting, bank: str, account: str) -> Posting:
    """The same from the bank to another account."""
    cents = posting.cents(bank)
    return replace(posting, lines=((bank, cents), (account, -cents)))


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


@template(skills=("pixels", "form"), occupation="13-0000")
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

    # the bank is the first account of the first group; a register is opened in its empty line
    by_keys = (Press("home"), Press("shift+right"), Press("down"), Press("enter"))
    to_row = (Press("up"),) * (len(found.postings) - row)

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
            "by keys alone": (
                *(*by_keys, seen(_leaf(bank), "page tab"), *to_row, *(Press("tab"),) * 3),
                *(Press("ctrl+a"), Type(f"{right}\n")),
            ),
            "from its number": (
                *(*opened, _at(row, _NUMBER_X), Press("tab"), Press("tab"), Press("ctrl+a")),
                Type(f"{right}\n"),
            ),
        },
        guards=[_kept(found, replaced=[found.id(paid)])],
    )


def _delete(row: int, *agree: Click) -> Steps:
    return _at(row, _TEXT_X), on("Delete"), *agree


@template(skills=("pixels", "toolbar", "dialog"), occupation="43-0000")
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


def _mark(row: int, times: int = 1, *, reconciled: bool = False) -> Steps:
    """Click the mark of a line so often and enter the change; one that is reconciled asks first."""
    click = _at(row, _MARK_X)
    agreed = (on("Unreconcile"),) if reconciled else ()
    return click, *agreed, *(click,) * (times - 1), on("Enter")


def _marked(found: Books, state: str, *postings: Posting, account: str = "") -> list[Check]:
    """Goals: the lines of these postings on an account, else the bank, have this mark."""
    named = {"path": found.path, "account": account or found.bank}
    return [
        goal("accounts.reconciled", **named, ids=[found.id(each)], states=[state])
        for each in postings
    ]


def _marks_kept(found: Books, *changed: Posting) -> list[Check]:
    """Guards: all other lines of the bank have the marks of the start, and nothing else is new."""
    guards = [_kept(found, marks=[found.bank])]
    for state in ("n", "c", "y"):
        ids: list[JsonValue] = [
            found.id(each)
            for each in found.postings
            if each not in changed and each.state(found.bank) == state
        ]
        named = {"path": found.path, "account": found.bank, "states": [state]}
        guards += [guard("accounts.reconciled", **named, ids=ids)] if ids else []
    return guards


def _reconciled(found: Books, *postings: Posting) -> Books:
    """The same books with the lines of these postings on the bank marked as reconciled."""
    bank = (found.bank,)
    return found.with_postings(
        [replace(each, reconciled=bank) if each in postings else each for each in found.postings]
    )


def _named(found: Books, postings: Sequence[Posting]) -> str:
    """Payments as an instruction names them."""
    bank = found.bank
    return ", ".join(f"{_amount(each.cents(bank))} of {each.day.isoformat()}" for each in postings)


@template(skills=("canvas", "pixels", "pointer"), occupation="43-0000")
def mark_cleared(rng: random.Random) -> Draft:
    """A bookkeeping clerk marks the payments that the bank has carried out."""
    plain = books(rng, rng.randint(9, 14))
    rows = rng.sample(range(1, len(plain.postings)), 4)
    found = _reconciled(plain, plain.postings[rows[0]])
    bank = found.bank
    early, *others = (found.postings[row] for row in rows)
    wanted, other = [early, *others[:2]], others[2]
    rng.shuffle(wanted)
    opened = _register(bank)

    def mark(*postings: Posting) -> Steps:
        """What is reconciled is unmarked by the first click and cleared by the second."""
        clicks = (
            _mark(found.row(each), 2, reconciled=True) if each is early else _mark(found.row(each))
            for each in postings
        )
        return tuple(step for steps in clicks for step in steps)

    last = wanted[-1]
    again = _mark(found.row(last))
    return _draft(
        found,
        f"The bank has carried out three payments in {found.name}: {_named(found, wanted)}. Mark "
        f"exactly these as cleared (c) in the register of {bank}; one of them is marked as "
        "reconciled (y) there, which is too early.",
        goals=_marked(found, "c", *wanted),
        does=(*opened, *mark(*wanted)),
        wrong={
            "one left out": (*opened, *mark(*wanted[:2])),
            "another one instead": (*opened, *mark(*wanted[:2], other)),
            "another one as well": (*opened, *mark(*wanted, other)),
            "one of them twice": (*opened, *mark(*wanted), *again),
            "only unmarked": (
                *(*opened, *mark(*(each for each in wanted if each is not early))),
                *_mark(found.row(early), reconciled=True),
            ),
        },
        ways={
            "from the last": (*opened, *mark(*reversed(wanted))),
            "one unmarked again": (*opened, *mark(other, *wanted, other)),
        },
        guards=_marks_kept(found, *wanted),
    )


@template(skills=("canvas", "pixels", "pointer", "dialog"), occupation="13-0000")
def undo_reconcile(rng: random.Random) -> Draft:
    """An accountant takes back marks: the bank has not carried these payments out."""
    plain = books(rng, rng.randint(10, 15))
    until = rng.randint(6, len(plain.postings) - 2)
    found = _reconciled(plain, *plain.postings[:until])
    *wanted, other = rng.sample(found.postings[1:until], 4)
    opened = _register(found.bank)

    def unmark(*postings: Posting) -> Steps:
        clicks = (_mark(found.row(each), reconciled=True) for each in postings)
        return tuple(step for steps in clicks for step in steps)

    kept = (_at(found.row(wanted[2]), _MARK_X), on("Cancel"))
    return _draft(
        found,
        f"The payments until {found.postings[until - 1].day.isoformat()} have been reconciled in "
        f"{found.name}, but three of them are not on the bank's statement: "
        f"{_named(found, wanted)}. Set exactly these back to not reconciled (n) in the register "
        f"of {found.bank}; the payments themselves stay as they are.",
        goals=_marked(found, "n", *wanted),
        does=(*opened, *unmark(*wanted)),
        wrong={
            "one left out": (*opened, *unmark(*wanted[:2])),
            "another one instead": (*opened, *unmark(*wanted[:2], other)),
            "another one as well": (*opened, *unmark(*wanted, other)),
            "one of them cleared": (
                *(*opened, *unmark(*wanted[:2])),
                *_mark(found.row(wanted[2]), 2, reconciled=True),
            ),
            "one of them deleted": (
                *(*opened, *unmark(*wanted), *_delete(found.row(wanted[0]))),
                on("Delete Transaction"),
            ),
            "the last one not confirmed": (*opened, *unmark(*wanted[:2]), *kept),
        },
        ways={
            "from the last": (*opened, *unmark(*reversed(wanted))),
            "not confirmed at first": (*opened, *kept, *unmark(*reversed(wanted))),
        },
        guards=_marks_kept(found, *wanted),
    )


@template(skills=("canvas", "pixels", "pointer", "comparison"), occupation="43-0000")
def agree_with_statement(rng: random.Random) -> Draft:
    """A bookkeeping clerk brings the marks of a register into line with the bank's statement."""
    plain = books(rng, rng.randint(11, 15))
    bank, first = plain.bank, rng.randint(2, 5)
    span = plain.postings[first : first + 6]
    order = rng.sample(range(6), 6)
    early, unlisted, *listed = (span[at] for at in order)  # one of two that are not on it is marked
    missing, right = listed[:2], listed[2:]
    cleared = (*plain.postings[:first], *right)
    found = _reconciled(
        plain.with_postings(
            [replace(each, marked=(bank,)) if each in cleared else each for each in plain.postings]
        ),
        early,
    )
    rows = {each.number: found.row(each) for each in found.postings}
    early, *missing = (found.postings[rows[each.number]] for each in (early, *missing))
    numbers = sorted(each.number for each in listed)
    take_back = _mark(found.row(early), reconciled=True)
    add, add_other = (_mark(found.row(each)) for each in missing)
    also = _mark(found.row(unlisted))
    done = _mark(rows[right[0].number])
    opened = _register(bank)
    return _draft(
        found,
        f"The bank's statement from {span[0].day.isoformat()} to {span[-1].day.isoformat()} lists "
        f"the payments number {', '.join(numbers)} and no others. In {found.name}, bring the marks "
        f"of the register of {bank} into line with it: of these days, what is on the statement is "
        "cleared (c) and what is not is not (n). All other marks stay.",
        goals=[*_marked(found, "n", early), *_marked(found, "c", *missing)],
        does=(*opened, *take_back, *add, *add_other),
        wrong={
            "nothing taken back": (*opened, *add, *add_other),
            "one left out": (*opened, *take_back, *add),
            "the one taken back is cleared": (
                *(*opened, *_mark(found.row(early), 2, reconciled=True)),
                *(*add, *add_other),
            ),
            "all of these days": (*opened, *take_back, *add, *add_other, *also),
            "all clicked": (*opened, *take_back, *add, *add_other, *done),
        },
        ways={
            "from the last": (*opened, *add_other, *add, *take_back),
            "with a slip": (*opened, *also, *take_back, *add, *add_other, *also),
        },
        guards=_marks_kept(found, early, *missing),
    )


@template(skills=("canvas", "pixels", "pointer", "tabs"), occupation="11-0000")
def mark_other_side(rng: random.Random) -> Draft:
    """The treasurer of a club moves a mark to the account whose statement shows the transfer."""
    plain = books(rng, rng.randint(10, 14))
    bank = plain.bank
    paid = rng.sample(_spent(plain), 3)
    paid.sort(key=plain.row)
    moved = {
        each: replace(_with_lines(each, bank, _SAVINGS), text=f"Reserve {at}", reconciled=(bank,))
        for at, each in enumerate(paid, rng.randint(1, 20))
    }
    found = plain.with_postings([moved.get(each, each) for each in plain.postings])
    saved = list(moved.values())
    wanted, other = rng.sample(saved, 2)
    opened, tabs = _register(bank), (on("Accounts", "page tab"),)
    beside = on(_leaf(_SAVINGS), "table cell", count=2)
    there = (*tabs, beside, seen(_leaf(_SAVINGS), "page tab"))

    def unmark(posting: Posting, times: int = 1) -> Steps:
        return _mark(found.row(posting), times, reconciled=True)

    def mark(posting: Posting) -> Steps:
        return _mark(saved.index(posting))

    first = (_group(_SAVINGS), *there[1:])
    ids: list[JsonValue] = [found.id(each) for each in saved if each is not wanted]
    return _draft(
        found,
        f"In {found.name} the transfer “{wanted.text}” of {wanted.day.isoformat()} from {bank} to "
        f"{_SAVINGS} is marked on the wrong side: it is reconciled (y) in the register of {bank}, "
        f"but only the statement of {_SAVINGS} shows it. Make it not reconciled (n) in {bank} and "
        f"cleared (c) in {_SAVINGS}. All other marks stay.",
        goals=[
            *_marked(found, "n", wanted),
            *_marked(found, "c", wanted, account=_SAVINGS),
        ],
        does=(*opened, *unmark(wanted), *there, *mark(wanted)),
        wrong={
            "only taken back": (*opened, *unmark(wanted)),
            "only marked": (*opened, *there, *mark(wanted)),
            "another transfer": (*opened, *unmark(other), *there, *mark(other)),
            "another one marked": (*opened, *unmark(wanted), *there, *mark(other)),
            "cleared on both sides": (*opened, *unmark(wanted, 2), *there, *mark(wanted)),
        },
        ways={
            "marked first": (
                *(*first, *mark(wanted), *tabs, on(_leaf(bank), "table cell", count=2)),
                *(seen(_leaf(bank), "page tab"), *unmark(wanted)),
            ),
            "with a slip": (
                *(*opened, *unmark(wanted), *there, *mark(other), *mark(other)),
                *mark(wanted),
            ),
        },
        guards=[
            _kept(found, marks=[bank, _SAVINGS]),
            *_marks_kept(found, wanted)[1:],
            guard("accounts.reconciled", path=found.path, account=_SAVINGS, ids=ids, states=["n"]),
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
