"""Tasks of Mousepad: minutes, settings and lists that clerks, administrators and editors keep.

What stands in a text is no widget of its own, so clicks into it are computed from the font that
files/home fixes: lines are 18 pixels high, columns 9 wide, and 23 lines are in view.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable

from gym_anything.documents.business import companies, people, products, working_days
from gym_anything.intents import Steps, goal, guard, menu, on, route
from gym_anything.task import (
    Answer,
    Await,
    Check,
    Click,
    Document,
    GiveUp,
    Intent,
    JsonValue,
    Press,
    Target,
    Type,
)
from gym_anything.templates import Draft, template

_LINE_PX, _COLUMN_PX, _MARGIN_PX = 18, 9, 2
_VIEW_PX = (638, 424)  # width and height of the text
_VIEW = Target(role="text", window="Mousepad")
_NAME_FIELD = Target(role="text", name="Name:")


def _cell(name: str) -> Target:
    return Target(role="table cell", name=name)


def _into_text(line: int, column: int, count: int = 1) -> Click:
    """A click on a character of the text, lines from 1 and columns from 0."""
    x = _MARGIN_PX + _COLUMN_PX * column + _COLUMN_PX // 2
    y = _LINE_PX * (line - 1) + _LINE_PX // 2
    at = ((x + 0.5) / _VIEW_PX[0], (y + 0.5) / _VIEW_PX[1])
    return Click(Target(role="text", window="Mousepad", at=at), count=count)


def _fill_in(old: str, new: str) -> tuple[Intent, ...]:
    """Both fields of the dialog Find and Replace."""
    return (on("Search for:", "text"), Type(old), on("Replace with:", "text"), Type(new))


_SAVE, _SAVE_KEY = menu("File", "Save"), Press("ctrl+s")
_FIND_AND_REPLACE = menu("Search", "Find and Replace")
_REPLACE_ALL = (on("Replace all in:", "check box"), on("Replace All"), on("Close"))


def open_document(path: str) -> Steps:
    """Open another document of home."""
    chooser = Await(Target(role="file chooser", name="Open File"))
    return Press("ctrl+o"), chooser, Type(f"/home/user/{path}\n"), _titled(path)


def _titled(path: str) -> Await:
    """Wait until a file is the open one: the file chooser saves in the background."""
    return Await(Target(role="frame", name=f"~/{path} - Mousepad"))


def _save_as(path: str, typed: str, becomes: str) -> tuple[Intent, ...]:
    """Save the open file `path` as `becomes`; once it is listed, the name does not change again."""
    opened = (Press("ctrl+shift+s"), Await(_cell(path.rsplit("/", 1)[1])))
    return (*opened, *_enter_name(typed), _titled(becomes))


def _enter_name(typed: str) -> tuple[Intent, ...]:
    """Fill in the dialog Save As and end it; a click on Save may be lost to the completion."""
    return (Click(_NAME_FIELD, count=3), Type(typed), Press("enter"))


def _save_copy(path: str) -> tuple[Intent, ...]:
    """Save the open file `path` as a copy beside it."""
    folder, name = path.rsplit("/", 1)
    return _save_as(path, f"copy-{name}", f"{folder}/copy-{name}")


def _nothing_else(path: str) -> tuple[Check, ...]:
    """Guards: the file is alone in its folder of Documents, and home has nothing new."""
    folder, name = path.rsplit("/", 1)
    alone = guard("files.only", path=folder, names=[name])
    return (alone, guard("files.only", path=".", names=["Documents"]))


def _rest_kept(path: str, lines: Iterable[int], may_insert: bool = False) -> Check:
    """Guard: all lines but these, from 1, are as they were."""
    check = "text.unchanged_except_lines"
    return guard(check, path=path, lines=list(lines), may_insert=may_insert)


def _day(rng: random.Random) -> dt.date:
    return working_days(rng, 1, dt.date(2024, 1, 8), dt.date(2025, 11, 28))[0]


def _decimal_comma(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


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
    *("Return from {} arrived.", "{} asks for a second copy.", "Contract to {} by post."),
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
    listed = "".join(f"{day}  {note}\n" for day, note in zip(days, notes, strict=True))
    return f"Calls and letters, kept by {people(rng, 1)[0].given}\n\n{listed}"


@template(skills=("search", "replace", "dialog"), occupation="43-0000")
def rename_client(rng: random.Random) -> Draft:
    """A clerk puts a client's new name into the call log; another client's name begins alike."""
    old, other = rng.choice(_LOOK_ALIKES)
    new = companies(rng, 1)[0].name
    path = f"Documents/calls/calls-week-{rng.randint(1, 52):02d}.txt"
    text = _call_log(rng, old, other)
    lines = text.replace(other, "").split("\n")
    mentions = [number for number, line in enumerate(lines, start=1) if old in line]
    dialog = (*_FIND_AND_REPLACE, *_fill_in(old, new))
    whole_words = on("Match whole word", "check box")
    clicks = 2 * "\n".join(lines).count(old)  # one that comes during the search is lost
    one_by_one = (on("Find"), *(on("Replace"),) * clicks, on("Close"))
    replaced = (*dialog, whole_words, *_REPLACE_ALL)
    as_pattern = on("Regular expression", "check box")
    pattern = (Press("ctrl+r"), *_fill_in(rf"\b{old}\b", new), as_pattern)
    return Draft(
        instruction=(
            f"Our client {old} has been taken over and is now called “{new}”. Put that name "
            f"wherever the old one stands in {path}, and save it. {other} is another client, whose "
            "name stays."
        ),
        documents=(Document(path, "text", text),),
        open=(path,),
        checks=(
            goal("text.replaced", path=path, old=old, new=new, whole_words=True),
            _rest_kept(path, mentions),
            *_nothing_else(path),
        ),
        solution=(*replaced, *_SAVE),
        near_misses=(
            route("inside the other name too", *dialog, *_REPLACE_ALL, *_SAVE),
            route("only the first", *dialog, whole_words, *one_by_one[:2], on("Close"), *_SAVE),
            route("not saved", *replaced),
            route("saved as a copy", *replaced, *_save_copy(path)),
        ),
        variations=(
            route("one by one", *dialog, whole_words, *one_by_one, *_SAVE),
            route("by a regular expression", *pattern, *_REPLACE_ALL, _SAVE_KEY),
        ),
    )


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
        f"Minutes of the {committee} meeting\n\nHeld on: {day:%-d %B %Y}\nPresent:\n"
        + "".join(f"  {person.name}\n" for person in present)
        + f"\n{numbered}\nNext meeting: {following:%-d %B %Y}\nTaken by {present[-1].name}\n"
    )


@template(skills=("save-as", "dialog", "folders"), occupation="43-0000")
def save_minutes_as(rng: random.Random) -> Draft:
    """A secretary files approved minutes beside the earlier ones, named by date as those are."""
    committee, days = rng.choice(_COMMITTEES), [_day(rng)]
    for _ in range(4):
        days.append(days[-1] + dt.timedelta(days=rng.choice((28, 35))))
    draft, folder = f"Documents/Drafts/{committee}-meeting.txt", "Documents/Minutes"
    texts = [_minutes(rng, committee, *pair) for pair in zip(days[:4], days[1:], strict=True)]
    names = [f"{day}-{committee}.txt" for day in days]
    filed = zip(names[:3], texts[:3], strict=True)
    earlier = [Document(f"{folder}/{name}", "text", text) for name, text in filed]
    path = f"{folder}/{names[3]}"
    into_minutes = (Click(_cell("Minutes"), count=2), Await(_cell(names[0])))
    into_folder = (*menu("File", "Save As"), on("Documents", "toggle button"), *into_minutes)
    from_home = (Press("ctrl+shift+s"), on("Home", "label"), Click(_cell("Documents"), count=2))

    def named(name: str, *confirm: Intent) -> tuple[Intent, ...]:
        """Type a name in the dialog, save, and wait until that is done."""
        return (*_enter_name(name), *confirm, _titled(f"{folder}/{name}"))

    return Draft(
        instruction=(
            f"The minutes in {draft} are approved. File them: save them in {folder} as well, under "
            f"a name like the ones there, which is the date of the meeting and “-{committee}”, "
            f"such as {names[0]}. Leave the draft as it is."
        ),
        documents=(Document(draft, "text", texts[3]), *earlier),
        open=(draft,),
        checks=(
            goal("text.equals", weight=2.0, path=path, text=texts[3]),
            goal("files.only", path=folder, names=list[JsonValue](names[:4])),
            guard("files.unchanged", path=draft),
            *(guard("files.unchanged", path=document.path) for document in earlier),
            guard("files.only", path="Documents", names=["Drafts", "Minutes"]),
            *_nothing_else(draft),
        ),
        solution=(*into_folder, *named(names[3])),
        near_misses=(
            route("beside the draft", *_save_as(draft, names[3], f"Documents/Drafts/{names[3]}")),
            route("under its old name", *into_folder, *named(f"{committee}-meeting.txt")),
            route("by the date of the next meeting", *into_folder, *named(names[4])),
            route("the suffix twice", *into_folder, *named(f"{names[3]}.txt")),
            route("over the last minutes", *into_folder, *named(names[2], on("Replace"))),
            route("the dialog cancelled", *into_folder, Type(names[3]), on("Cancel")),
        ),
        variations=(
            route("the path typed", *_save_as(draft, f"/home/user/{path}", path)),
            route("from the home folder", *from_home, *into_minutes, *named(names[3])),
        ),
    )


_SECTIONS = ("web", "api", "mail", "backup", "reports", "search", "queue", "archive")
_SERVICES = ("intranet", "shop", "portal", "helpdesk", "wiki", "gateway", "ledger")
_HOSTS = ("atlas", "berta", "corvo", "dalia", "edda", "fjord")
_KEYS = {
    "timeout": (15, 20, 30, 45, 60, 90, 120),
    "retries": (2, 3, 4, 5, 6, 8, 10),
    "workers": (2, 4, 6, 8, 12, 16, 24),
    "port": (8080, 8081, 8443, 9000, 9090, 9200, 9443),
}


def _settings(rng: random.Random, service: str, host: str) -> list[str]:
    """Lines of four sections that have the same keys."""
    lines, keys = [f"; {service} on {host}.example.com"], rng.sample(list(_KEYS), 3)
    for section in rng.sample(_SECTIONS, 4):
        lines += ["", f"[{section}]", *(f"{key} = {rng.choice(_KEYS[key][:5])}" for key in keys)]
    return lines


@template(skills=("edit", "double-click", "menu"), occupation="15-0000")
def change_setting(rng: random.Random) -> Draft:
    """An administrator changes one value of a configuration; other sections have the same key."""
    service = rng.choice(_SERVICES)
    host = f"{rng.choice(_HOSTS)}{rng.randint(1, 9)}"
    path, lines = f"Documents/{service}/{host}.ini", _settings(rng, service, host)
    key = rng.choice([key for key in _KEYS if f"\n{key} = " in "\n".join(lines)])
    number, wrong = rng.sample([at for at, line in enumerate(lines, 1) if line.startswith(key)], 2)
    section = next(line for line in reversed(lines[:number]) if line.startswith("["))
    old, column = lines[number - 1].partition(" = ")[2], len(key) + 3
    lines[wrong - 1] = f"{key} = {old}"  # so that the value alone does not tell
    new = str(rng.choice([value for value in _KEYS[key] if str(value) != old]))
    pick = _into_text(number, column, count=2)
    by_number = (*menu("Search", "Go to"), Press("ctrl+a"), Type(str(number)), on("Jump to"))
    cut_word = (Press("end"), Press("ctrl+backspace"))
    pick_line = (_into_text(number, 1), Press("home"), Press("shift+end"))
    return Draft(
        instruction=(
            f"In {path}, set {key} of the section {section} to {new} instead of {old}, and save "
            "the file. Everything else in it has to stay as it is."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("text.line_equals", path=path, line=number, text=f"{key} = {new}"),
            _rest_kept(path, [number]),
            *_nothing_else(path),
        ),
        solution=(pick, Type(new), *_SAVE),
        near_misses=(
            route("in another section", _into_text(wrong, column, count=2), Type(new), *_SAVE),
            route("beside the old value", _into_text(number, column), Type(new), *_SAVE),
            route("over the whole line", *pick_line, Type(new), *_SAVE),
            route("everywhere", *_FIND_AND_REPLACE, *_fill_in(old, new), *_REPLACE_ALL, *_SAVE),
            route("not saved", pick, Type(new)),
        ),
        variations=(
            route("by the number of the line", *by_number, *cut_word, Type(new), _SAVE_KEY),
            route("the line typed anew", *pick_line, Type(f"{key} = {new}"), _SAVE_KEY),
        ),
    )


@template(skills=("infeasible", "search"), occupation="15-0000")
def change_absent_section(rng: random.Random) -> Draft:
    """An administrator is to change a section that is not there; `change_setting` can be done."""
    service = rng.choice(_SERVICES)
    host = f"{rng.choice(_HOSTS)}{rng.randint(1, 9)}"
    path, lines = f"Documents/{service}/{host}.ini", _settings(rng, service, host)
    key = rng.choice([key for key in _KEYS if f"\n{key} = " in "\n".join(lines)])
    number = rng.choice([at for at, line in enumerate(lines, 1) if line.startswith(key)])
    section = f"[{rng.choice([each for each in _SECTIONS if f'[{each}]' not in lines])}]"
    old, column = lines[number - 1].partition(" = ")[2], len(key) + 3
    new = str(rng.choice([value for value in _KEYS[key] if str(value) != old]))
    elsewhere = (_into_text(number, column, count=2), Type(new))
    at_end = (Press("ctrl+end"), Type(f"\n{section}\n{key} = {new}\n"))
    looked, searched = Press("ctrl+end"), (Press("ctrl+f"), Type(f"{section}\n"))
    cannot = GiveUp(True)
    return Draft(
        instruction=(
            f"In {path}, set {key} of the section {section} to {new} instead of {old}, and save "
            "the file. Everything else in it has to stay as it is."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("answer.gave_up"),
            guard("files.unchanged", path=path),
            *_nothing_else(path),
        ),
        solution=(looked, cannot),
        near_misses=(
            route("in another section", *elsewhere, *_SAVE),
            route("in another section, then given up", *elsewhere, *_SAVE, cannot),
            route("the section added", *at_end, *_SAVE),
            route("done without a change", looked),
            route("told in an answer", looked, Answer(f"there is no section {section}")),
        ),
        variations=(
            route("searched first", *searched, cannot),
            route("tried, not saved", *elsewhere, cannot),
            route("at once", cannot),
        ),
    )


@template(skills=("answer", "search"), occupation="43-0000")
def last_call(rng: random.Random) -> Draft:
    """A clerk is asked when a client was last spoken to; another client's name begins alike."""
    client, other = rng.choice(_LOOK_ALIKES)
    count, start = rng.randint(45, 60), _day(rng)
    calls = [rng.choice(_CLIENT_CALLS).format(client, client) for _ in range(rng.randint(2, 4))]
    notes = [*calls, *rng.choices(_PLAIN_CALLS, k=count - len(calls) - 3)]
    rng.shuffle(notes)
    for place in (len(notes) // 3, len(notes), len(notes)):  # two come after all of the client
        notes.insert(place, rng.choice(_OTHER_CALLS).format(other))
    days = working_days(rng, count, start, start + dt.timedelta(days=150))
    listed = [f"{day}  {note}" for day, note in zip(days, notes, strict=True)]
    mentions = [at for at, note in enumerate(notes) if note in calls]
    first, last = str(days[mentions[0]]), str(days[mentions[-1]])
    path = f"Documents/calls/calls-{start.year}-{rng.randint(1, 99):02d}.txt"
    look = (Press("ctrl+end"), Press("pageup"))
    search = (Press("ctrl+f"), Type(f"{client}\n"))
    at_end = (Press("ctrl+end"), Type(f"{last}\n"))
    return Draft(
        instruction=(
            f"The log {path} lists calls and letters by day. When was the client {client} last "
            f"mentioned in it? Answer with the date as it stands there, such as {start}. {other} "
            "is another client."
        ),
        documents=(Document(path, "text", "\n".join(listed) + "\n"),),
        open=(path,),
        checks=(
            goal("answer.equals", text=last),
            guard("files.unchanged", path=path),
            *_nothing_else(path),
        ),
        solution=(*look, Answer(last)),
        near_misses=(
            route("of the other client", *look, Answer(str(days[-1]))),
            route("the first time", *look, Answer(first)),
            route("the whole line", *look, Answer(listed[mentions[-1]])),
            route("written into the log", *at_end, *_SAVE, Answer(last)),
            route("done without an answer", *look),
        ),
        variations=(
            route("searched for", *search, Answer(last)),
            route("at once", Answer(last)),
        ),
    )


_WINDOWS, _UNIX, _MAC = "DOS / Windows (CR LF)", "Unix (LF)", "Mac (CR)"


def _article_list(rng: random.Random) -> str:
    listed = products(rng, rng.randint(9, 18))
    rows = (f"{each.sku};{each.name};{_decimal_comma(each.price_cents)} €\n" for each in listed)
    return "article;name;price\n" + "".join(rows)


@template(skills=("submenu", "encoding"), occupation="15-0000")
def line_endings(rng: random.Random) -> Draft:
    """A technician converts an article list for a program on another operating system."""
    to_windows = rng.random() < 0.6
    before, after = ("\n", "\r\n") if to_windows else ("\r\n", "\n")
    system, item = ("Windows", _WINDOWS) if to_windows else ("Unix", _UNIX)
    path = f"Documents/export/{rng.choice(['articles', 'prices', 'stock'])}-{_day(rng)}.csv"
    content: dict[str, JsonValue] = {"text": _article_list(rng), "newline": before}
    convert = menu("Document", "Line Ending", item)
    overwrite = (Press("ctrl+shift+s"), on("Save"), on("Replace"), _titled(path))
    submenu = (Press("alt+d"), *(Press("down"),) * 4, Press("right"))
    choose = (*(Press("down"),) * (2 * to_windows), Press("enter"))
    return Draft(
        instruction=(
            f"The program at {companies(rng, 1)[0].name} reads {path} only with the line endings "
            f"of {system}. Convert the file and save it; its text and encoding stay as they are."
        ),
        documents=(Document(path, "text", content),),
        open=(path,),
        checks=(
            goal("text.encoding", path=path, newline=after),
            guard("text.encoding", path=path, is_one_of=["utf-8"]),
            _rest_kept(path, []),
            *_nothing_else(path),
        ),
        solution=(*convert, *_SAVE),
        near_misses=(
            route("for the Mac", *menu("Document", "Line Ending", _MAC), *_SAVE),
            route("not saved", *convert),
            route("saved as a copy", *convert, *_save_copy(path)),
            route("with a BOM", *convert, *menu("Document", "Write Unicode BOM"), *_SAVE),
        ),
        variations=(
            route("by keyboard", *submenu, *choose, _SAVE_KEY),
            route("saved over itself", *convert, *overwrite),
        ),
    )


def _subscribers(rng: random.Random) -> list[str]:
    """Lines of a mailing list: a namesake with another address; some but not the last twice."""
    listed = people(rng, rng.randint(10, 14))
    namesake = rng.choice(listed)
    entries = [f"{person.name} <{person.email}>" for person in listed]
    private = namesake.email.replace("@example.com", "@mail.example")
    entries.insert(rng.randint(1, len(entries)), f"{namesake.name} <{private}>")
    for entry in rng.sample(entries[:-1], rng.randint(2, 4)):
        entries.insert(rng.randint(entries.index(entry) + 1, len(entries) - 1), entry)
    return [f"# Newsletter, as of {_day(rng)}", *entries]


def _repeated(lines: list[str]) -> list[int]:
    """Numbers of the lines, from 1, that stand above already."""
    return [number for number, line in enumerate(lines, start=1) if line in lines[: number - 1]]


def _each(numbers: Iterable[int], *steps: Intent) -> tuple[Intent, ...]:
    """Click into each line and do the steps, from the last to the first: those above stay put."""
    return tuple(
        step for number in sorted(numbers, reverse=True) for step in (_into_text(number, 5), *steps)
    )


@template(skills=("delete-line", "menu"), occupation="43-0000", split="validation")
def remove_duplicates(rng: random.Random) -> Draft:
    """A clerk deletes the repeated addresses of a mailing list; namesakes are no repetitions."""
    path = f"Documents/mailing/{rng.choice(['newsletter', 'recipients', 'list'])}.txt"
    lines = _subscribers(rng)
    again = _repeated(lines)
    left = [line for number, line in enumerate(lines, start=1) if number not in again]
    first = lines.index(lines[again[0] - 1]) + 1
    names = _repeated([line.partition(" <")[0] for line in lines])
    namesake = next(number for number in names if number not in again)
    delete = menu("Edit", "Delete Line")
    empty = (Press("home"), Press("shift+end"), Press("delete"))
    cut = (Press("home"), Press("shift+down"), Press("delete"))
    shifted = [_into_text(number - gone, 5) for gone, number in enumerate(again)]
    downwards = (step for click in shifted for step in (click, Press("ctrl+shift+delete")))
    return Draft(
        instruction=(
            f"Some lines of the mailing list {path} are there twice. Delete each repetition, "
            "keeping the line where it comes first, and save the file. The same name with another "
            "address is another subscriber. Leave no empty lines behind."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("text.equals", weight=2.0, path=path, text="\n".join(left)),
            *(goal("text.contains", path=path, text=lines[at - 1], count=1) for at in again),
            _rest_kept(path, again),
            *_nothing_else(path),
        ),
        solution=(*_each(again, *delete), *_SAVE),
        near_misses=(
            route("one repetition left", *_each(again[1:], *delete), *_SAVE),
            route("both lines deleted", *_each({*again, first}, *delete), *_SAVE),
            route("the namesake deleted too", *_each({*again, namesake}, *delete), *_SAVE),
            route("emptied, not deleted", *_each(again, *empty), *_SAVE),
            route("not saved", *_each(again, *delete)),
        ),
        variations=(
            route("by keyboard", *_each(again, *cut), _SAVE_KEY),
            route("from the top", *downwards, *_SAVE),
        ),
    )


_STORIES = ("harbour", "bakery", "school choir", "new library", "marathon", "weekly market", "bees")
_HEADLINES = (
    "{} opens its doors",
    "Good news from the {}",
    "What the {} needs now",
    "The {} grows",
)
_SENTENCES = (
    *("Visitors are welcome on both days.", "The work took almost a year.", "Entry is free."),
    *("Many neighbours have helped.", "A second part follows next month.", "It rained all day."),
)


def _newsletter(rng: random.Random, day: dt.date) -> tuple[list[str], list[int]]:
    """Lines of a newsletter and the numbers, from 1, of its headlines, which are in capitals."""
    lines, heads = [f"Newsletter of {day:%-d %B %Y}"], []
    for story in rng.sample(_STORIES, rng.randint(3, 4)):
        lines += ["", rng.choice(_HEADLINES).format(story).upper()]
        heads.append(len(lines))
        lines += rng.sample(_SENTENCES, rng.randint(1, 3))
    return lines, heads


@template(skills=("canvas", "submenu", "format"), occupation="27-0000")
def headline_capitals(rng: random.Random) -> Draft:
    """An editor sets the one headline in capitals that is not, like the others."""
    day = _day(rng)
    path = f"Documents/newsletter/{rng.choice(['issue', 'number', 'letter'])}-{day}.txt"
    lines, heads = _newsletter(rng, day)
    number, other = rng.sample(heads, 2)
    wanted = lines[number - 1]
    lines[number - 1] = wanted.capitalize()
    below = number + 1
    text = "\n".join(lines) + "\n"

    def convert(line: int, item: str = "To Uppercase") -> tuple[Intent, ...]:
        return _into_text(line, 2, count=3), *menu("Edit", "Convert", item)

    whole = (Click(_VIEW), Press("ctrl+a"), *menu("Edit", "Convert", "To Uppercase"))
    typed = (_into_text(number, 2), Press("home"), Press("shift+end"), Type(wanted))
    by_key = (_into_text(number, 2), Press("home"), Press("shift+end"))
    return Draft(
        instruction=(
            f"One headline of {path} is not in capitals as the others are. Set it in capitals too "
            "and save the file."
        ),
        documents=(Document(path, "text", text),),
        open=(path,),
        checks=(
            goal("text.line_equals", path=path, line=number, text=wanted),
            _rest_kept(path, [number]),
            *_nothing_else(path),
        ),
        solution=(*convert(number), *_SAVE),
        near_misses=(
            route("the line below", *convert(below), *_SAVE),
            route("in title case", *convert(number, "To Title Case"), *_SAVE),
            route("the whole text", *whole, *_SAVE),
            route("another one lowered", *convert(other, "To Lowercase"), *_SAVE),
            route("not saved", *convert(number)),
            route("saved as a copy", *convert(number), *_save_copy(path)),
        ),
        variations=(
            route("typed anew", *typed, _SAVE_KEY),
            route("selected by keys", *by_key, *menu("Edit", "Convert", "To Uppercase"), _SAVE_KEY),
        ),
    )


_TOPICS = (
    *("Accounts", "Summer party", "Heating", "Parking", "New members", "Fire drill", "Website"),
    *("Insurance", "Cleaning rota", "Opening hours", "Office keys", "Travel costs"),
)


@template(skills=("canvas", "submenu", "order"), occupation="43-0000")
def agenda_order(rng: random.Random) -> Draft:
    """A secretary moves an item of an agenda to the top of the list."""
    committee, day = rng.choice(_COMMITTEES), _day(rng)
    path = f"Documents/agenda/{committee}-{day}.txt"
    head = [f"Agenda of the {committee} meeting on {day:%-d %B %Y}", ""]
    items = [f"- {topic}" for topic in rng.sample(_TOPICS, rng.randint(5, 8))]
    end = ["", f"Please send further items to {people(rng, 1)[0].email}."]
    at = rng.randint(2, 4)
    item, number = items[at], len(head) + at + 1
    moved = [item, *items[:at], *items[at + 1 :]]
    up, down = menu("Edit", "Move", "Line Up"), menu("Edit", "Move", "Line Down")
    into, above = _into_text(number, 4), _into_text(len(head) + 1, 4)
    line = (Press("home"), Press("shift+down"))
    cut = (into, *line, Press("ctrl+x"), above, Press("home"), Press("ctrl+v"))
    copy = (into, *line, Press("ctrl+c"), above, Press("home"), Press("ctrl+v"))
    typed = (into, *line, Press("delete"), above, Press("home"), Type(f"{item}\n"))
    return Draft(
        instruction=(
            f"In the agenda {path}, move the item “{item[2:]}” to the top of the list; the other "
            "items keep their order. Save the file."
        ),
        documents=(Document(path, "text", "\n".join([*head, *items, *end]) + "\n"),),
        open=(path,),
        checks=(
            goal("text.equals", path=path, text="\n".join([*head, *moved, *end])),
            _rest_kept(path, range(len(head) + 1, len(head) + len(items) + 1), may_insert=True),
            *_nothing_else(path),
        ),
        solution=(into, *up * at, *_SAVE),
        near_misses=(
            route("one line up only", into, *up, *_SAVE),
            route("one too far", into, *up * (at + 1), *_SAVE),
            route("down instead", into, *down, *_SAVE),
            route("left in its place as well", *copy, *_SAVE),
            route("the item above", _into_text(number - 1, 4), *up * (at - 1), *_SAVE),
            route("not saved", into, *up * at),
        ),
        variations=(
            route("cut and pasted", *cut, _SAVE_KEY),
            route("typed anew", *typed, *_SAVE),
        ),
    )


_PHOTOGRAPHERS = (
    *("Ελένη Παππά", "Νίκος Ράλλης", "Σοφία Δήμου", "Γιώργος Λύρας", "Олена Бойко"),
    *("Андрій Ткаченко", "Марія Ковальчук", "Иван Орлов", "Милица Петровић", "Петър Димитров"),
)
_SUBJECTS = (
    *("Straßenfest", "Weißstörche", "Großmarkt", "Schloßpark", "Fußgängerzone", "Gießerei"),
    *("Floßfahrt", "Eisstraße", "Grüße vom Hof", "Maßanzug", "Preißelbeeren", "Spießbraten"),
)
_PLACES = ("Köln", "Århus", "Łódź", "Málaga", "Besançon", "Győr", "İzmir", "Plzeň", "Malmö")


def _fee(rng: random.Random, day: dt.date) -> str:
    picture = f"{rng.choice(_SUBJECTS)} {rng.choice(_PLACES)}"
    cents = rng.randint(45, 980) * 100 + rng.choice((0, 0, 50))
    return f"{day} | {rng.choice(_PHOTOGRAPHERS)} | {picture} | {_decimal_comma(cents)} €"


@template(skills=("typing", "unicode"), occupation="27-0000", split="test")
def append_entry(rng: random.Random) -> Draft:
    """A picture editor enters a fee at the end of the log, in letters of several scripts."""
    start = _day(rng)
    days = working_days(rng, rng.randint(7, 15), start, start + dt.timedelta(days=60))
    *fees, entry = [_fee(rng, day) for day in days]
    path = f"Documents/fees/{rng.choice(['fees', 'pictures', 'licences'])}-{start.year}.txt"
    body, ended = "\n".join(["date | photographer | picture | fee", *fees]), rng.random() < 0.5
    day, photographer, picture, fee = entry.split(" | ")
    to_end = (Click(_VIEW), Press("ctrl+end"))
    to_new_line = to_end if ended else (*to_end, Press("enter"))
    behind_last = (_into_text(1 + len(fees), 3), Press("end"))
    misplaced = Type(f"\n{entry}" if ended else entry)
    return Draft(
        instruction=(
            f"Enter one more fee at the end of {path}, in the form of the other lines: the picture "
            f"“{picture}” by {photographer}, {fee}, dated {day}. Save the file."
        ),
        documents=(Document(path, "text", body + "\n" * ended),),
        open=(path,),
        checks=(
            goal("text.equals", weight=2.0, path=path, text=f"{body}\n{entry}"),
            goal("text.contains", path=path, text=entry, count=1),
            _rest_kept(path, [], may_insert=True),
            *_nothing_else(path),
        ),
        solution=(*to_new_line, Type(entry), *_SAVE),
        near_misses=(
            route("at the top", Click(_VIEW), Press("ctrl+home"), Type(f"{entry}\n"), *_SAVE),
            route("ss for ß", *to_new_line, Type(entry.replace("ß", "ss")), *_SAVE),
            route("EUR for €", *to_new_line, Type(entry.replace("€", "EUR")), *_SAVE),
            route("on the wrong line", *to_end, misplaced, *_SAVE),
            route("with commas", *to_new_line, Type(entry.replace(" |", ",")), *_SAVE),
            route("not saved", *to_new_line, Type(entry)),
        ),
        variations=(
            route("ended by a newline", *to_new_line, Type(f"{entry}\n"), _SAVE_KEY),
            route("behind the last line", *behind_last, Type(f"\n{entry}"), *_SAVE),
        ),
    )
