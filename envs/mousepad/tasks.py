"""Tasks of Mousepad: minutes, settings and lists that clerks, administrators and editors keep.

What stands in a text is no widget of its own, so clicks into it are computed from the font that
files/home fixes: lines are 18 pixels high, columns 9 wide, and 23 lines are in view.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from gym_anything.documents.business import companies, people, products, working_days
from gym_anything.task import Await, Check, Click, Document, Intent, Press, Route, Target, Type
from gym_anything.templates import Draft, template

_LINE_PX, _COLUMN_PX, _MARGIN_PX = 18, 9, 2
_VIEW_PX = (638, 424)  # width and height of the text
_VIEW = Target(role="text", window="Mousepad")


def _menu(*names: str) -> tuple[Intent, ...]:
    """Clicks that open menus, one in the other, and choose the item named last."""
    opened = (Click(Target(role="menu", name=name)) for name in names[:-1])
    return (*opened, Click(Target(role="menu item", name=names[-1])))


def _on(name: str, role: str = "push button") -> Click:
    return Click(Target(role=role, name=name))


def _check(name: str) -> Click:
    return _on(name, "check box")


def _into_text(line: int, column: int, count: int = 1) -> Click:
    """A click on a character of the text, lines from 1 and columns from 0."""
    x = _MARGIN_PX + _COLUMN_PX * column + _COLUMN_PX // 2
    y = _LINE_PX * (line - 1) + _LINE_PX // 2
    at = ((x + 0.5) / _VIEW_PX[0], (y + 0.5) / _VIEW_PX[1])
    return Click(Target(role="text", window="Mousepad", at=at), count=count)


_SAVE = _menu("File", "Save")
_SAVE_KEY = Press("ctrl+s")
_OPEN_REPLACE = _menu("Search", "Find and Replace")
_SAVE_AS_KEYS = (Press("ctrl+shift+s"), Await(Target(role="text", name="Name:")), Press("ctrl+a"))


def _titled(path: str) -> Await:
    """Wait until a file is the one that is open: the file chooser saves in the background."""
    return Await(Target(role="frame", name=f"~/{path} - Mousepad"))


def _saved_as(name: str, path: str) -> tuple[Intent, ...]:
    """Save beside the open file under another name, which makes it `path`."""
    return (*_SAVE_AS_KEYS, Type(name), _on("Save"), _titled(path))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _only(folder: str, *names: str, guard: bool = True) -> Check:
    """A folder has exactly these names in it."""
    return Check("files.only", {"path": folder, "names": list(names)}, guard=guard)


def _nothing_else(path: str) -> tuple[Check, ...]:
    """Guards: the file is alone in its folder of Documents, and home has nothing new."""
    return (_only(_folder(path), _name(path)), _only(".", "Documents"))


def _kept_except(path: str, lines: Sequence[int], may_insert: bool = False) -> Check:
    """Guard: all lines but these, from 1, are as they were."""
    params = {"path": path, "lines": list(lines), "may_insert": may_insert}
    return Check("text.unchanged_except_lines", params, guard=True)


def _miss(name: str, *steps: Intent) -> Route:
    return Route(name, steps)


def _day(rng: random.Random) -> dt.date:
    """A working day of 2024 or 2025."""
    return working_days(rng, 1, dt.date(2024, 1, 8), dt.date(2025, 11, 28))[0]


def _spoken(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _decimal_comma(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


# rename-client -----------------------------------------------------------------------------------

_LOOK_ALIKES = (
    *(("Keller", "Kellermann"), ("Brandt", "Brandtner"), ("Lind", "Lindqvist")),
    *(("Hall", "Halloran"), ("Rossi", "Rossini"), ("Novák", "Nováková"), ("Sander", "Sanderson")),
    *(("Martin", "Martinez"), ("Berg", "Bergström"), ("Mori", "Moriyama"), ("Silva", "Silvano")),
    *(("Peters", "Petersen"), ("Stein", "Steinmetz"), ("Robert", "Roberts"), ("Sato", "Satomi")),
    *(("Weiß", "Weißenfels"), ("Kaya", "Kayaoğlu"), ("Duran", "Durand"), ("Ricci", "Ricciardi")),
)
_CLIENT_CALLS = (
    *("{} wants the offer by Friday.", "Sent {} the new price list.", "{} has paid in full."),
    *("Invoice for {} corrected, {} agrees.", "Left a message for {}.", "{}: delivery postponed."),
    *(
        "Return from {} arrived, two boxes.",
        "{} asks for a second copy.",
        "Contract to {} by post.",
    ),
)
_OTHER_CALLS = ("{} moved to Monday.", "Reminder to {} sent.", "{} called back about the samples.")
_PLAIN_CALLS = (
    *("Printer serviced.", "No calls in the afternoon.", "Forms ordered.", "Team meeting at ten."),
    *("Bank closed, cash tomorrow.", "New telephone list handed out."),
)


def _call_log(rng: random.Random, client: str, other: str) -> str:
    """A log of calls, two spaces behind each date; client and look-alike both appear."""
    notes = [note.format(client, client) for note in rng.sample(_CLIENT_CALLS, rng.randint(4, 7))]
    notes += [note.format(other) for note in rng.sample(_OTHER_CALLS, rng.randint(2, 3))]
    notes += rng.sample(_PLAIN_CALLS, rng.randint(3, 5))
    rng.shuffle(notes)
    start = _day(rng)
    days = working_days(rng, len(notes), start, start + dt.timedelta(days=45))
    clerk = people(rng, 1)[0].name
    listed = "".join(f"{day}  {note}\n" for day, note in zip(days, notes, strict=True))
    return f"Calls and letters, kept by {clerk}\n\n{listed}"


def _fill_in(old: str, new: str) -> tuple[Intent, ...]:
    """Both fields of the dialog Find and Replace."""
    fields = ("Search for:", "Replace with:")
    clicks = [_on(field, "text") for field in fields]
    return (clicks[0], Type(old), clicks[1], Type(new))


@template(skills=("search", "replace", "dialog"), occupation="43-0000")
def rename_client(rng: random.Random) -> Draft:
    """A clerk puts a client's new name into the call log; another client's name begins alike."""
    old, other = rng.choice(_LOOK_ALIKES)
    new = companies(rng, 1)[0].name
    path = (
        f"Documents/calls/{rng.choice(['calls', 'log', 'contacts'])}-{rng.randint(1, 52):02d}.txt"
    )
    text = _call_log(rng, old, other)
    lines = text.replace(other, "").split("\n")
    mentions = [number for number, line in enumerate(lines, start=1) if old in line]
    everywhere = (_check("Match whole word"), _check("Replace all in:"), _on("Replace All"))
    replaced = (*_OPEN_REPLACE, *_fill_in(old, new), *everywhere, _on("Close"))
    as_a_part = (*_fill_in(old, new), _check("Replace all in:"), _on("Replace All"))
    one_by_one = (_on("Find"), *(_on("Replace") for _ in range("\n".join(lines).count(old))))
    pattern = (_check("Regular expression"), _check("Replace all in:"), _on("Replace All"))
    copy = f"{_folder(path)}/new-{_name(path)}"
    return Draft(
        instruction=(
            f"Our client {old} has been taken over and is now called {new}. Put the new name "
            f"wherever the old one stands in {path}, and save it. {other} is another client, whose "
            "name stays."
        ),
        documents=(Document(path, "text", text),),
        open=(path,),
        checks=(
            Check(
                "text.replaced",
                {"path": path, "old": old, "new": new, "whole_words": True},
            ),
            _kept_except(path, mentions),
            *_nothing_else(path),
        ),
        solution=(*replaced, *_SAVE),
        near_misses=(
            _miss("inside the other name too", *_OPEN_REPLACE, *as_a_part, _on("Close"), *_SAVE),
            _miss(
                "only the first",
                *(*_OPEN_REPLACE, *_fill_in(old, new), _check("Match whole word")),
                *(_on("Find"), _on("Replace"), _on("Close"), *_SAVE),
            ),
            _miss("not saved", *replaced),
            _miss("saved as a copy", *replaced, *_saved_as(_name(copy), copy)),
            _miss(
                "without the form of the company",
                *(*_OPEN_REPLACE, *_fill_in(old, new.split()[0]), *everywhere, _on("Close")),
                *_SAVE,
            ),
        ),
        variations=(
            Route(
                "one after the other",
                (
                    *(*_OPEN_REPLACE, *_fill_in(old, new), _check("Match whole word")),
                    *(*one_by_one, _on("Close"), *_SAVE),
                ),
            ),
            Route(
                "by a regular expression",
                (
                    *(Press("ctrl+r"), *_fill_in(rf"\b{old}\b", new), *pattern, Press("escape")),
                    _SAVE_KEY,
                ),
            ),
        ),
        max_steps=60,
    )


# save-minutes-as ---------------------------------------------------------------------------------

_COMMITTEES = ("board", "staff", "safety", "budget", "planning", "library", "parents", "tenants")
_ITEMS = (
    *("Accounts of the last quarter: approved.", "New lease: adjourned to the next meeting."),
    *("Fire drill: carried out, two doors stick.", "Summer party: a room has been booked."),
    *("Heating: three offers asked for.", "Web pages: texts until the end of the month."),
    *("Parking: lots will be drawn in spring.", "Insurance: renewed for one year."),
)


def _minutes(rng: random.Random, committee: str, day: dt.date, following: dt.date) -> str:
    present = people(rng, rng.randint(3, 5))
    items = rng.sample(_ITEMS, rng.randint(2, 4))
    numbered = "".join(f"{number}. {item}\n" for number, item in enumerate(items, start=1))
    return (
        f"Minutes of the {committee} meeting\n\nHeld on: {_spoken(day)}\n"
        f"Present: {', '.join(person.name for person in present)}\n\n{numbered}\n"
        f"Next meeting: {_spoken(following)}\nTaken by {present[-1].name}\n"
    )


@template(skills=("save-as", "dialog", "folders"), occupation="43-0000")
def save_minutes_as(rng: random.Random) -> Draft:
    """A secretary files approved minutes beside the earlier ones, named by date as those are."""
    committee, first = rng.choice(_COMMITTEES), _day(rng)
    days = [first]
    for _ in range(4):
        days.append(days[-1] + dt.timedelta(days=rng.choice((28, 35))))
    held, following = days[-2:]
    draft, folder = f"Documents/Drafts/{committee}-meeting.txt", "Documents/Minutes"
    text = _minutes(rng, committee, held, following)
    names = [f"{day}-{committee}.txt" for day in days]
    earlier = [
        Document(f"{folder}/{name}", "text", _minutes(rng, committee, day, after))
        for name, day, after in zip(names[:3], days[:3], days[1:4], strict=True)
    ]
    name, path = names[3], f"{folder}/{names[3]}"
    pick_folder = (_on("Documents", "toggle button"), Click(_cell("Minutes"), count=2))
    enter_folder = (*_menu("File", "Save As"), *pick_folder, Await(_cell(names[0])))
    name_field = Target(role="text", name="Name:")

    def filed(new_name: str) -> tuple[Intent, ...]:
        typed = (Click(name_field, count=3), Type(new_name), _on("Save"))
        return (*enter_folder, *typed, _titled(f"{folder}/{new_name}"))

    return Draft(
        instruction=(
            f"The minutes in {draft} are approved. File them: save them in {folder} as well, under "
            f"a name like the ones there, which is the date of the meeting and “-{committee}”, "
            f"such as {names[0]}. Leave the draft as it is."
        ),
        documents=(Document(draft, "text", text), *earlier),
        open=(draft,),
        checks=(
            Check("text.equals", {"path": path, "text": text}, weight=2.0),
            _only(folder, *names[:4], guard=False),
            Check("files.unchanged", {"path": draft}, guard=True),
            *(Check("files.unchanged", {"path": each.path}, guard=True) for each in earlier),
            _only(_folder(draft), _name(draft)),
            _only("Documents", "Drafts", "Minutes"),
            _only(".", "Documents"),
        ),
        solution=filed(name),
        near_misses=(
            _miss("beside the draft", *_saved_as(name, f"{_folder(draft)}/{name}")),
            _miss(
                "under its old name",
                *enter_folder,
                _on("Save"),
                _titled(f"{folder}/{_name(draft)}"),
            ),
            _miss("by the date of the next meeting", *filed(names[4])),
            _miss("the suffix twice", *filed(f"{name}.txt")),
            _miss(
                "over the last minutes",
                *(*enter_folder, Click(name_field, count=3), Type(names[2]), _on("Save")),
                *(_on("Replace"), _titled(f"{folder}/{names[2]}")),
            ),
            _miss("the dialog cancelled", *enter_folder, Type(name), _on("Cancel")),
        ),
        variations=(
            Route(
                "the path typed",
                (*_SAVE_AS_KEYS, Type(f"/home/user/{path}"), Press("enter"), _titled(path)),
            ),
            Route(
                "into a new document",
                (
                    *(Press("ctrl+a"), Press("ctrl+c"), Press("ctrl+n"), Press("ctrl+v")),
                    *(*_SAVE_AS_KEYS, Type(f"/home/user/{path}"), _on("Save"), _titled(path)),
                ),
            ),
        ),
    )


def _cell(name: str) -> Target:
    return Target(role="table cell", name=name)


# change-setting ----------------------------------------------------------------------------------

_SECTIONS = ("web", "api", "mail", "backup", "reports", "search", "queue", "archive")
_KEYS = {
    "timeout": (15, 20, 30, 45, 60, 90, 120),
    "retries": (2, 3, 4, 5, 6, 8, 10),
    "workers": (2, 4, 6, 8, 12, 16, 24),
    "port": (8080, 8081, 8443, 9000, 9090, 9200, 9443),
}


def _settings(rng: random.Random, service: str, host: str) -> list[str]:
    """Lines of four sections that have the same keys, among them equal values."""
    lines = [f"; {service} on {host}.example.com", ""]
    for section in rng.sample(_SECTIONS, 4):
        lines.append(f"[{section}]")
        lines += [f"{key} = {rng.choice(values[:5])}" for key, values in _KEYS.items()]
    return lines


@template(skills=("edit", "double-click", "menu"), occupation="15-0000")
def change_setting(rng: random.Random) -> Draft:
    """An administrator changes one value of a configuration; other sections have the same key."""
    service = rng.choice(("intranet", "shop", "portal", "helpdesk", "wiki", "gateway", "ledger"))
    host = rng.choice(("atlas", "berta", "corvo", "dalia", "edda", "fjord")) + str(
        rng.randint(1, 9)
    )
    path = f"Documents/{service}/{host}.ini"
    lines = _settings(rng, service, host)
    key = rng.choice(list(_KEYS))
    found = [number for number, line in enumerate(lines, start=1) if line.startswith(key)]
    number, wrong = rng.sample(found, 2)
    section = next(line for line in reversed(lines[:number]) if line.startswith("["))
    old, column = lines[number - 1].partition(" = ")[2], len(key) + 3
    lines[wrong - 1] = f"{key} = {old}"  # so that the value alone does not tell
    new = str(rng.choice([value for value in _KEYS[key] if str(value) != old]))
    pick = _into_text(number, column, count=2)
    go_to = (*_menu("Search", "Go to"), Press("ctrl+a"), Type(str(number)), _on("Jump to"))
    replace_all = (*_fill_in(old, new), _check("Replace all in:"), _on("Replace All"))
    copy = f"{_folder(path)}/{host}-new.ini"
    return Draft(
        instruction=(
            f"In {path}, set {key} of the section {section} to {new} instead of {old}, and save "
            "the file. Everything else in it has to stay as it is."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            Check("text.line_equals", {"path": path, "line": number, "text": f"{key} = {new}"}),
            _kept_except(path, [number]),
            *_nothing_else(path),
        ),
        solution=(pick, Type(new), *_SAVE),
        near_misses=(
            _miss("in another section", _into_text(wrong, column, count=2), Type(new), *_SAVE),
            _miss("beside the old value", _into_text(number, column), Type(new), *_SAVE),
            _miss("over the whole line", _into_text(number, 2, count=3), Type(new), *_SAVE),
            _miss("wherever the value is", *_OPEN_REPLACE, *replace_all, _on("Close"), *_SAVE),
            _miss("not saved", pick, Type(new)),
            _miss("saved as a copy", pick, Type(new), *_saved_as(_name(copy), copy)),
        ),
        variations=(
            Route(
                "by the number of the line",
                (*go_to, Press("end"), Press("ctrl+backspace"), Type(new), _SAVE_KEY),
            ),
            Route(
                "the line typed anew",
                (
                    *(_into_text(number, 1), Press("home"), Press("shift+end")),
                    *(Type(f"{key} = {new}"), _SAVE_KEY),
                ),
            ),
        ),
    )


# line-endings ------------------------------------------------------------------------------------

_WINDOWS, _UNIX, _MAC = "DOS / Windows (CR LF)", "Unix (LF)", "Mac (CR)"


def _article_list(rng: random.Random) -> str:
    rows = [
        f"{product.sku};{product.name};{_decimal_comma(product.price_cents)} €"
        for product in products(rng, rng.randint(9, 18))
    ]
    return "article;name;price\n" + "\n".join(rows) + "\n"


@template(skills=("submenu", "encoding"), occupation="15-0000")
def line_endings(rng: random.Random) -> Draft:
    """A technician converts an article list for a program on another operating system."""
    to_windows = rng.random() < 0.6
    before, after = ("\n", "\r\n") if to_windows else ("\r\n", "\n")
    system, wanted = ("Windows", _WINDOWS) if to_windows else ("Unix", _UNIX)
    shop = companies(rng, 1)[0]
    path = f"Documents/export/{rng.choice(['articles', 'prices', 'stock'])}-{_day(rng)}.csv"
    copy = f"{_folder(path)}/{system.lower()}.csv"
    content = {"text": _article_list(rng), "newline": before}
    convert = _menu("Document", "Line Ending", wanted)
    overwrite = (Press("ctrl+shift+s"), _on("Save"), _on("Replace"), _titled(path))
    steps_down = {_UNIX: 0, _WINDOWS: 2}[wanted]
    by_keyboard = (
        *(Press("alt+d"), *(Press("down") for _ in range(4)), Press("right")),
        *(*(Press("down") for _ in range(steps_down)), Press("enter")),
    )
    return Draft(
        instruction=(
            f"The program at {shop.name} reads {path} only with the line endings of {system}. "
            "Convert the file and save it; its text and its encoding stay as they are."
        ),
        documents=(Document(path, "text", content),),
        open=(path,),
        checks=(
            Check("text.encoding", {"path": path, "newline": after}),
            Check("text.encoding", {"path": path, "is_one_of": ["utf-8"]}, guard=True),
            _kept_except(path, []),
            *_nothing_else(path),
        ),
        solution=(*convert, *_SAVE),
        near_misses=(
            _miss("for the Mac", *_menu("Document", "Line Ending", _MAC), *_SAVE),
            _miss("not saved", *convert),
            _miss("saved as a copy", *convert, *_saved_as(_name(copy), copy)),
            _miss(
                "with a byte order mark", *convert, *_menu("Document", "Write Unicode BOM"), *_SAVE
            ),
            _miss("an empty line more", Click(_VIEW), Press("ctrl+home"), Type("\n"), *_SAVE),
        ),
        variations=(
            Route("by keyboard", (*by_keyboard, _SAVE_KEY)),
            Route("saved over itself", (*convert, *overwrite)),
        ),
    )


# remove-duplicates -------------------------------------------------------------------------------


def _subscribers(rng: random.Random) -> tuple[list[str], list[int]]:
    """A mailing list, and the numbers from 1 of the lines that are repetitions of earlier ones."""
    listed = people(rng, rng.randint(10, 14))
    namesake = rng.choice(listed)
    entries = [f"{person.name} <{person.email}>" for person in listed]
    private = f"{namesake.email.partition('@')[0]}@mail.example"
    entries.insert(rng.randint(1, len(entries)), f"{namesake.name} <{private}>")
    for entry in rng.sample(entries, rng.randint(2, 4)):
        first = entries.index(entry)
        entries.insert(rng.randint(first + 2, len(entries) + 1), entry)
    again = [at for at, entry in enumerate(entries) if entry in entries[:at]]
    lines = [f"# Newsletter, as of {_day(rng)}", *entries]
    return lines, [at + 2 for at in again]


@template(skills=("delete-line", "menu"), occupation="43-0000", split="validation")
def remove_duplicates(rng: random.Random) -> Draft:
    """A clerk deletes the repeated addresses of a mailing list; namesakes are no repetitions."""
    path = f"Documents/mailing/{rng.choice(['newsletter', 'recipients', 'list'])}.txt"
    lines, again = _subscribers(rng)
    left = [line for number, line in enumerate(lines, start=1) if number not in again]
    entries = [line.partition(" <")[0] for line in left]
    namesake = next(at for at, name in enumerate(entries) if name in entries[:at])
    namesake_line = lines.index(left[namesake]) + 1

    def deleted(numbers: Sequence[int]) -> tuple[Intent, ...]:
        """From the last to the first, so that the others keep their place."""
        last_first = sorted(numbers, reverse=True)
        return tuple(
            step
            for number in last_first
            for step in (_into_text(number, 5), *_menu("Edit", "Delete Line"))
        )

    def emptied(number: int) -> tuple[Intent, ...]:
        return (_into_text(number, 5), Press("home"), Press("shift+end"), Press("delete"))

    def cut(number: int) -> tuple[Intent, ...]:
        return (_into_text(number, 5), Press("home"), Press("shift+down"), Press("delete"))

    last_first = sorted(again, reverse=True)
    firsts = [lines.index(lines[number - 1]) + 1 for number in again]
    return Draft(
        instruction=(
            f"Some lines of the mailing list {path} are there twice. Delete each repetition, "
            "keeping the line where it comes first, and save the file. The same name with another "
            "address is another subscriber. Leave no empty lines behind."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            Check("text.equals", {"path": path, "text": "\n".join(left) + "\n"}, weight=2.0),
            *(
                Check("text.contains", {"path": path, "text": lines[number - 1], "count": 1})
                for number in again
            ),
            _kept_except(path, again),
            *_nothing_else(path),
        ),
        solution=(*deleted(again), *_SAVE),
        near_misses=(
            _miss("one repetition left", *deleted(again[1:]), *_SAVE),
            _miss("both lines deleted", *deleted({*again, firsts[0]}), *_SAVE),
            _miss("the namesake deleted too", *deleted({*again, namesake_line}), *_SAVE),
            _miss("emptied, not deleted", *deleted(again[1:]), *emptied(again[0]), *_SAVE),
            _miss("not saved", *deleted(again)),
        ),
        variations=(
            Route(
                "by keyboard",
                (*(step for number in last_first for step in cut(number)), _SAVE_KEY),
            ),
            Route("from the top", (*_from_the_top(again), *_SAVE)),
        ),
        max_steps=60,
    )


def _from_the_top(numbers: Sequence[int]) -> tuple[Intent, ...]:
    """Delete lines in order; each moves up by those that are gone."""
    return tuple(
        step
        for gone, number in enumerate(sorted(numbers))
        for step in (_into_text(number - gone, 5), Press("ctrl+shift+k"))
    )


# append-entry ------------------------------------------------------------------------------------

_PHOTOGRAPHERS = (
    *("山田 優", "李 娜", "佐藤 翼", "陈 静", "高橋 蓮", "王 芳", "林 美玲", "中村 葵"),
    *("김 민준", "이 서연", "박 지후", "최 수아"),
)
_SUBJECTS = (
    *("Straßenfest", "Weißstörche", "Großmarkt", "Schloßpark", "Fußgängerzone", "Gießerei"),
    *("Floßfahrt", "Eisstraße", "Grüße vom Hof", "Maßanzug", "Preißelbeeren", "Spießbraten"),
)
_PLACES = ("Köln", "Århus", "Łódź", "Málaga", "Besançon", "Győr", "İzmir", "Plzeň", "Malmö")


def _fee(rng: random.Random, day: dt.date) -> str:
    photographer, subject = rng.choice(_PHOTOGRAPHERS), rng.choice(_SUBJECTS)
    cents = rng.randint(45, 980) * 100 + rng.choice((0, 0, 50))
    return f"{day} | {photographer} | {subject} {rng.choice(_PLACES)} | {_decimal_comma(cents)} €"


@template(skills=("typing", "unicode"), occupation="27-0000", split="test")
def append_entry(rng: random.Random) -> Draft:
    """A picture editor enters a fee at the end of the log, in letters of several scripts."""
    start = _day(rng)
    days = working_days(rng, rng.randint(7, 15), start, start + dt.timedelta(days=60))
    head = ["date | photographer | picture | fee"]
    fees = [_fee(rng, day) for day in days]
    entry = fees.pop()
    path = f"Documents/fees/{rng.choice(['fees', 'pictures', 'licences'])}-{start.year}.txt"
    body = "\n".join([*head, *fees])
    text = body + rng.choice(("\n", ""))
    day, photographer, picture, fee = entry.split(" | ")
    to_end = (Click(_VIEW), Press("ctrl+end"))
    start_line = () if text.endswith("\n") else (Press("enter"),)
    spoilt_end = Type(" " if start_line else "\n")

    def entered(line: str) -> tuple[Intent, ...]:
        return (*to_end, *start_line, Type(line))

    return Draft(
        instruction=(
            f"Enter one more fee at the end of {path}, in the form of the other lines: the picture "
            f"“{picture}” by {photographer}, {fee}, dated {day}. Save the file."
        ),
        documents=(Document(path, "text", text),),
        open=(path,),
        checks=(
            Check("text.equals", {"path": path, "text": f"{body}\n{entry}\n"}, weight=2.0),
            Check("text.contains", {"path": path, "text": entry, "count": 1}),
            _kept_except(path, [], may_insert=True),
            *_nothing_else(path),
        ),
        solution=(*entered(entry), *_SAVE),
        near_misses=(
            _miss("at the top", Click(_VIEW), Press("ctrl+home"), Type(f"{entry}\n"), *_SAVE),
            _miss("ss for ß", *entered(entry.replace("ß", "ss")), *_SAVE),
            _miss("EUR for €", *entered(entry.replace("€", "EUR")), *_SAVE),
            _miss("not in line", *to_end, spoilt_end, Type(entry), *_SAVE),
            _miss("separated by commas", *entered(entry.replace(" |", ",")), *_SAVE),
            _miss("twice", *entered(f"{entry}\n{entry}"), *_SAVE),
            _miss("not saved", *entered(entry)),
        ),
        variations=(
            Route("ended by a newline", (*entered(f"{entry}\n"), _SAVE_KEY)),
            Route(
                "over a copy of the last line",
                (
                    *(_into_text(1 + len(fees), 3), *_menu("Edit", "Duplicate Line / Selection")),
                    *(Press("ctrl+end"), *(() if start_line else (Press("up"),))),
                    *(Press("home"), Press("shift+end"), Type(entry), *_SAVE),
                ),
            ),
        ),
    )
