"""Tasks of Geany: code and configuration that developers, web and system administrators keep.

What stands in a text is no widget of its own, so places in it are computed from the font that
files/home fixes: lines are 18 pixels high, columns 9 wide, and 29 lines are in view beside the
margins of a text of 10 to 99 lines.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from gym_anything.documents.business import people
from gym_anything.intents import Steps, goal, guard, menu, on, route
from gym_anything.task import Await, Check, Click, Document, Drag, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template

_LINE_PX, _COLUMN_PX, _MARGIN_PX = 18, 9, 56
_VIEW_PX = (1110, 544)  # width and height of the text with its margins
_SAVE, _SAVE_KEY = on("Save"), Press("ctrl+s")
_NAME_FIELD = Target(role="text", name="Name:")
_SEARCH, _REPLACEMENT = "Search for:", "Replace with:"


def open_document(path: str) -> Steps:
    """Open another document of home."""
    name = path.rsplit("/", 1)[1]
    typed = (Press("ctrl+o"), Type(f"/home/user/{path}"), Press("enter"))
    return (*typed, Await(Target(role="page tab", name=name)))


def _at(line: int, column: int) -> Target:
    """The left edge of a character of the text, lines from 1 and columns from 0."""
    x = _MARGIN_PX + _COLUMN_PX * column + 1
    y = _LINE_PX * (line - 1) + _LINE_PX // 2
    at = ((x + 0.5) / _VIEW_PX[0], (y + 0.5) / _VIEW_PX[1])
    return Target(role="text", window="Geany", nth=2, at=at)  # behind the fields of the toolbar


def _into(line: int, column: int, count: int = 1) -> Click:
    return Click(_at(line, column), count=count)


def _select(first: int, last: int) -> Drag:
    """Select whole lines with the pointer."""
    return Drag(_at(first, 0), _at(last + 1, 0))


def _tab(path: str) -> Click:
    """Go to an open document."""
    return on(path.rsplit("/", 1)[1], "page tab")


def _fill_in(old: str, new: str) -> Steps:
    """Both fields of the dialog Replace; the first may hold a word already."""
    fields = [Click(Target(role="text", name=name), count=3) for name in (_SEARCH, _REPLACEMENT)]
    return (fields[0], Type(old), fields[1], Type(new))


_REPLACE = menu("Search", "Replace")
_WHOLE_WORDS = on("Match only a whole word", "check box")
_MATCH_CASE = on("Case sensitive", "check box")


def _save_copy(path: str) -> Steps:
    """Save the open file as a copy beside it."""
    folder, name = path.rsplit("/", 1)
    becomes = f"copy-{name}"
    typed = (Press("ctrl+a"), Type(f"/home/user/{folder}/{becomes}"), Press("enter"))
    opened = (*menu("File", "Save As"), Await(_NAME_FIELD))
    return (*opened, *typed, Await(Target(role="page tab", name=becomes)))


def _nothing_else(*paths: str) -> tuple[Check, ...]:
    """Guards: the files are alone in their folder, and home has nothing new."""
    folder = paths[0].rsplit("/", 1)[0]
    names: list[JsonValue] = [path.rsplit("/", 1)[1] for path in paths]
    alone = guard("files.only", path=folder, names=names)
    return (alone, guard("files.only", path=".", names=["Documents"]))


def _number(lines: Sequence[str], start: str, after: int = 0) -> int:
    """Number of the first line below line `after`, from 1, that begins so."""
    return next(at for at, line in enumerate(lines, 1) if at > after and line.startswith(start))


_THINGS = (
    *("order", "invoice", "ticket", "parcel", "reading", "payment", "article", "member"),
    *("booking", "sensor", "delivery", "contract", "session", "mailing", "receipt", "claim"),
)
_VERBS = ("load", "fetch", "read", "collect", "gather", "list", "pull", "query")
_FIELDS = ("status", "amount", "weight", "region", "carrier", "owner", "priority", "channel")


def _module(rng: random.Random, thing: str, verb: str) -> list[str]:
    """A module that loads things in one place and calls that from several."""
    name, field, second = f"{verb}_{thing}s", *rng.sample(_FIELDS, 2)
    author = people(rng, 1)[0]
    return [
        f'"""Reports about each {thing}, kept by {author.name}."""',
        "",
        "import csv",
        "",
        f"LIMIT = {rng.randrange(50, 950, 10)}",
        "",
        "",
        f"def {name}(path):",
        f"    # {name} reads no more than LIMIT rows",
        '    with open(path, newline="", encoding="utf-8") as source:',
        "        return list(csv.DictReader(source))[:LIMIT]",
        "",
        "",
        f"def {name}_by_{field}(path, {field}):",
        f'    return [row for row in {name}(path) if row["{field}"] == {field}]',
        "",
        "",
        f"def count_{thing}s(path):",
        f"    rows = {name}(path)",
        f'    return len({{row["{second}"] for row in rows}})',
    ]


@template(skills=("search", "replace", "dialog"), occupation="15-0000")
def rename_function(rng: random.Random) -> Draft:
    """A developer renames a function; another one's name begins alike."""
    thing, (verb, new_verb) = rng.choice(_THINGS), rng.sample(_VERBS, 2)
    old, new = f"{verb}_{thing}s", f"{new_verb}_{rng.choice(['all_', 'raw_', 'open_'])}{thing}s"
    lines = _module(rng, thing, verb)
    other = next(line for line in lines if line.startswith(f"def {old}_by")).split("(")[0][4:]
    path = f"Documents/rename-{thing}/{thing}_reports.py"
    dialog = (*_REPLACE, *_fill_in(old, new))
    replaced = (*dialog, _WHOLE_WORDS, on("In Document"))
    definition = _number(lines, f"def {old}(")
    by_hand: Steps = ()
    for number, line in enumerate(lines, start=1):
        if f"{old}(" in line or f"# {old} " in line:
            by_hand += (_into(number, line.index(old) + 2, count=2), Type(new))
    return Draft(
        instruction=(
            f"In {path}, rename the function {old} to {new}, in its definition, in every call and "
            f"in comments, and save the file. {other} keeps its name."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("code.defines", path=path, name=new),
            goal("text.replaced", weight=2.0, path=path, old=old, new=new, whole_words=True),
            guard(
                "code.python_unchanged_except",
                path=path,
                names=[old, new, other, f"count_{thing}s"],
                comments=False,
            ),
            *_nothing_else(path),
        ),
        solution=(*replaced, _SAVE_KEY),
        near_misses=(
            route("inside the other name too", *dialog, on("In Document"), _SAVE_KEY),
            route("only the definition", _into(definition, 6, count=2), Type(new), _SAVE),
            route("not saved", *replaced),
            route("saved as a copy", *replaced, *_save_copy(path)),
        ),
        variations=(
            route("by hand", *by_hand, _SAVE),
            route("from the toolbar", on("Find and Replace"), *replaced[2:], _SAVE_KEY),
        ),
    )


_STAGES = ("development", "testing", "staging", "production")
_SETTINGS: dict[str, Sequence[int]] = {
    "timeout": (15, 20, 30, 45, 60, 90, 120),
    "workers": (2, 3, 4, 6, 8, 12, 16),
    "retries": (1, 3, 5, 7, 9, 10),
    "port": (8080, 8081, 8443, 9000, 9090, 9443),
    "cache_mb": (64, 128, 256, 512, 1024),
}
_SERVICES = (
    *("billing", "intranet", "shop", "portal", "helpdesk", "wiki", "gateway", "ledger"),
    *("archive", "search", "reports", "calendar", "timesheet", "inventory"),
)


def _staged(rng: random.Random, service: str) -> dict[str, dict[str, JsonValue]]:
    """Settings of a service for each stage, of the same keys."""
    keys = rng.sample(list(_SETTINGS), 3)
    return {
        stage: {
            "host": f"{service}.{stage}.example.com",
            **{key: rng.choice(_SETTINGS[key][:4]) for key in keys},
            "debug": stage in _STAGES[:2],
        }
        for stage in rng.sample(_STAGES, 4)
    }


@template(skills=("canvas", "double-click", "edit"), occupation="15-0000")
def change_json_value(rng: random.Random) -> Draft:
    """A web administrator changes one number; each stage of the service has the same key."""
    service = rng.choice(_SERVICES)
    path, settings = f"Documents/deploy-{service}/{service}.json", _staged(rng, service)
    stage, other = rng.sample(_STAGES, 2)
    key = rng.choice([name for name in settings[stage] if name in _SETTINGS])
    old = settings[other][key] = settings[stage][key]  # so that the value alone does not tell
    new = rng.choice([value for value in _SETTINGS[key] if value != old])
    lines = json.dumps(settings, indent=4).split("\n")
    number, wrong = (
        _number(lines, f'        "{key}"', _number(lines, f'    "{each}"'))
        for each in (stage, other)
    )
    column = lines[number - 1].index(": ") + 2
    pick = _into(number, column, count=2)
    to_line = (on("", "text", window="Geany", nth=1), Type(f"{number}\n"))
    retyped = Type(f'"{key}": {new},')
    return Draft(
        instruction=(
            f"In {path}, set {key} of {stage} to {new} and save the file. All other settings "
            "have to stay as they are."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("code.value_equals", path=path, key=[stage, key], value=new),
            guard("code.unchanged_except", path=path, keys=[[stage, key]]),
            *_nothing_else(path),
        ),
        solution=(pick, Type(str(new)), _SAVE),
        near_misses=(
            route("of another stage", _into(wrong, column, count=2), Type(str(new)), _SAVE),
            route("as text", pick, Type(f'"{new}"'), _SAVE),
            route("beside the old value", _into(number, column), Type(str(new)), _SAVE),
            route("a second key", _into(number, 8), retyped, _SAVE),
            route("not saved", pick, Type(str(new))),
        ),
        variations=(
            route(
                "by the number of the line",
                *to_line,
                Press("home"),
                Press("shift+end"),
                retyped,
                _SAVE_KEY,
            ),
            route("as a decimal", pick, Type(f"{new}.0"), _SAVE),
        ),
    )


def _loop_module(rng: random.Random, thing: str) -> tuple[list[str], int, int]:
    """A module with statements that stand behind a loop but belong into it: first and last line."""
    fields = rng.sample(_FIELDS, 3)
    inner = [
        f'    {fields[0]} = {thing}["{fields[0]}"].strip()',
        f'    found.setdefault({fields[0]}, []).append({thing}["{fields[1]}"])',
        f'    log.debug("%s: %s", {fields[0]}, {thing}["{fields[1]}"])',
        "    seen += 1",
    ]
    chosen = [inner[0], *rng.sample(inner[1:3], rng.randint(1, 2)), inner[3]]
    before = [
        f'"""Sorts every {thing} by its {fields[0]}."""',
        "",
        "import logging",
        "",
        'log = logging.getLogger("reports")',
        "",
        "",
        f"def without_{fields[2]}({thing}s):",
        f'    return [{thing} for {thing} in {thing}s if not {thing}["{fields[2]}"]]',
        "",
        "",
        f"def {thing}s_by_{fields[0]}({thing}s):",
        "    found, seen = {}, 0",
        f"    for {thing} in {thing}s:",
        f'        {thing}["{fields[1]}"] = {thing}["{fields[1]}"].lower()',
    ]
    after = [
        f'    log.info("{rng.choice(["sorted", "read", "kept"])} %d", seen)',
        "    return found",
        "",
        "",
        f"def main({thing}s):",
        f"    for {fields[0]}, rows in {thing}s_by_{fields[0]}({thing}s).items():",
        f"        print({fields[0]}, len(rows) * {rng.randint(2, 99)})",
    ]
    return [*before, *chosen, *after], len(before) + 1, len(before) + len(chosen)


def _indented(lines: Sequence[str], first: int, last: int) -> str:
    """The text with the lines from `first` to `last` one level further in."""
    shifted = [
        f"    {line}" if first <= number <= last else line
        for number, line in enumerate(lines, start=1)
    ]
    return "\n".join(shifted) + "\n"


@template(skills=("drag", "toolbar", "canvas"), occupation="15-0000")
def indent_block(rng: random.Random) -> Draft:
    """A developer puts the statements behind a loop into it, as they were meant."""
    thing = rng.choice(_THINGS)
    lines, first, last = _loop_module(rng, thing)
    path = f"Documents/loops-{thing}/sort_{thing}s.py"
    indent, selected = on("Increase Indent"), _select(first, last)
    by_menu = menu("Edit", "Format", "Increase Indent")
    one_by_one: Steps = ()
    for number in range(first, last + 1):
        one_by_one += (_into(number, 6), Press("home"), Press("tab"))
    return Draft(
        instruction=(
            f"In {path}, the lines from “{lines[first - 1].strip()}” to “{lines[last - 1].strip()}”"
            f" stand behind the loop over {thing}s, but belong into it: indent them by one level, "
            "and nothing else, and save the file."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("code.says", weight=2.0, path=path, source=_indented(lines, first, last)),
            guard("code.indented_by", path=path, kind="spaces"),
            guard("text.unchanged_except_lines", path=path, lines=list(range(first, last + 1))),
            *_nothing_else(path),
        ),
        solution=(selected, indent, _SAVE),
        near_misses=(
            route("one line too few", _select(first, last - 1), indent, _SAVE),
            route("one line too many", _select(first, last + 1), indent, _SAVE),
            route("two levels", selected, indent, indent, _SAVE),
            route("outwards", selected, on("Decrease Indent"), _SAVE),
            route("not saved", selected, indent),
        ),
        variations=(
            route("by the menu", selected, *by_menu, _SAVE_KEY),
            route("by the tabulator", selected, Press("tab"), _SAVE),
            route("line by line", *one_by_one, _SAVE),
        ),
    )


_OPTIONS = {
    "compression": ("gzip", "none", "zstd"),
    "mail_to": ("root", "ops@example.com", "night@example.com"),
    "keep_days": ("7", "14", "30", "60", "90"),
    "verify": ("yes", "no", "weekly"),
    "bandwidth_kb": ("500", "1000", "2000", "4000"),
    "schedule": ("daily", "hourly", "weekly"),
}
_JOBS = ("home", "mail", "database", "web", "photos", "ledger", "wiki", "projects", "scans")


def _jobs(rng: random.Random, host: str, jobs: Sequence[str], options: Sequence[str]) -> list[str]:
    """Lines of a configuration with the same options in each section."""
    lines = [f"# backup of {host}, kept by {people(rng, 1)[0].name}"]
    for job in jobs:
        lines += ["", f"[{job}]", f"source = /srv/{job}"]
        lines += [f"{option} = {rng.choice(_OPTIONS[option])}" for option in options]
    return lines


@template(skills=("submenu", "edit", "menu"), occupation="15-0000")
def disable_option(rng: random.Random) -> Draft:
    """An administrator comments an option out for the time being; other sections keep theirs."""
    host = (
        f"{rng.choice(['atlas', 'berta', 'corvo', 'dalia', 'edda', 'fjord'])}{rng.randint(1, 30)}"
    )
    jobs, options = rng.sample(_JOBS, 4), rng.sample(list(_OPTIONS), 3)
    path, lines = f"Documents/backup-{host}/{host}.ini", _jobs(rng, host, jobs, options)
    job, other = rng.sample(jobs, 2)
    option = rng.choice(options)
    number, wrong = (_number(lines, option, _number(lines, f"[{each}]")) for each in (job, other))
    value = rng.choice(_OPTIONS[option])
    lines[number - 1] = lines[wrong - 1] = text = f"{option} = {value}"
    for at, line in enumerate(lines):
        if line == text and at not in (number - 1, wrong - 1):
            others = [each for each in _OPTIONS[option] if each != value]
            lines[at] = f"{option} = {rng.choice(others)}"
    comment = menu("Edit", "Format", "Comment Line(s)")
    section = _number(lines, f"[{job}]")
    typed = (_into(number, 3), Press("home"), Type("# "))
    return Draft(
        instruction=(
            f"In {path}, switch off {option} of the section {job} for now: comment that line out, "
            "without deleting it, and save the file. The other sections keep theirs."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("code.value_absent", path=path, key=[job, option]),
            goal("code.commented_out", path=path, text=text, plain=1),
            guard("code.unchanged_except", path=path, keys=[[job, option]]),
            guard("text.unchanged_except_lines", path=path, lines=[number]),
            *_nothing_else(path),
        ),
        solution=(_into(number, 3), *comment, _SAVE),
        near_misses=(
            route("of another section", _into(wrong, 3), *comment, _SAVE),
            route("deleted", _into(number, 3), Press("ctrl+k"), _SAVE),
            route("the whole section", _select(section, number), *comment, _SAVE),
            route("commented and back", _into(number, 3), *comment, on("Undo"), _SAVE),
            route("not saved", _into(number, 3), *comment),
        ),
        variations=(
            route("typed", *typed, _SAVE_KEY),
            route("toggled", _into(number, 3), Press("ctrl+e"), _SAVE),
            route("with a semicolon", _into(number, 3), Press("home"), Type(";"), _SAVE),
        ),
    )


@template(skills=("replace", "multi-document", "toolbar"), occupation="15-0000")
def move_host(rng: random.Random) -> Draft:
    """An administrator puts a server's new name into three files at once."""
    old_name, new_name = rng.sample(["aster", "birch", "cedar", "dogwood", "elder", "fern"], 2)
    number, service = rng.randint(1, 40), rng.choice(_SERVICES)
    old, new = f"{old_name}{number}.example.com", f"{new_name}{number + 1}.example.com"
    other = f"{old_name}{number}.example.net"
    folder = f"Documents/hosts-{service}"
    port, days = rng.randrange(8000, 9000), rng.randint(3, 60)
    ini = (
        f"[{service}]\nhost = {old}\nport = {port}\n\n[mirror]\nhost = {other}\nport = {port + 1}\n"
        f"\n[watch]\nurl = https://{old}:{port}/health\nevery = {days}\n"
    )
    backends: list[JsonValue] = [old, other, old.replace(str(number), str(number + 7))]
    listed = json.dumps({"service": service, "backends": backends, "days": days}, indent=2) + "\n"
    code = f'"""Checks {service}."""\n\nHOSTS = ("{old}", "{other}")\nPORT = {port}\n'
    texts = {f"{service}.ini": ini, "backends.json": listed, f"check_{service}.py": code}
    paths = [f"{folder}/{name}" for name in texts]
    dialog = (*_REPLACE, *_fill_in(old, new))
    replaced, save_all = (*dialog, on("In Session")), on("Save All")
    one_by_one: Steps = ()
    for path in reversed(paths):
        one_by_one += (_tab(path), *dialog, on("In Document"), _SAVE_KEY)
    by_name = (*_REPLACE, *_fill_in(old_name + str(number), new_name + str(number + 1)))
    return Draft(
        instruction=(
            f"The server {old} is now called {new}. Put the new name into all three open files of "
            f"{folder}, and save them. {other} is another one and stays."
        ),
        documents=tuple(
            Document(path, "text", text) for path, text in zip(paths, texts.values(), strict=True)
        ),
        open=tuple(paths),
        checks=(
            *(goal("text.replaced", path=path, old=old, new=new) for path in paths),
            guard("code.brackets_match", path=paths[2]),
            *(guard("text.contains", path=path, text=other) for path in paths),
            *_nothing_else(*paths),
        ),
        solution=(*replaced, save_all),
        near_misses=(
            route("in one document only", *dialog, on("In Document"), save_all),
            route("only one saved", *replaced, _SAVE),
            route("the other server too", *by_name, on("In Session"), save_all),
            route("not saved", *replaced),
        ),
        variations=(
            route("one by one", *one_by_one),
            route("by the menu", *replaced, *menu("File", "Save All")),
        ),
    )


_PATTERNS = ("/", "/static", "/api", "/api/v2", "/admin", "/media", "/feeds", "/login", "/docs")


@template(skills=("drag", "canvas"), occupation="15-0000", split="validation")
def move_rule(rng: random.Random) -> Draft:
    """A web administrator moves a rule above another: the first that fits is taken."""
    site = rng.choice(_SERVICES)
    names = rng.sample(["assets", "accounts", "media", "feeds", "pages", "legacy", "beta"], 5)
    lines = [f"# routes of {site}: the first that fits is taken", ""]
    for name, prefix in zip(names, rng.sample(_PATTERNS, 5), strict=True):
        target = (
            f"http://10.0.{rng.randint(0, 40)}.{rng.randint(2, 250)}:{rng.randrange(8000, 8100)}"
        )
        lines += [f"[{name}]", f'prefix = "{prefix}"', f'target = "{target}"', ""]
    lines.pop()
    path = f"Documents/routes-{site}/{site}.toml"
    to, at = sorted(rng.sample(range(4), 2))
    at += at == to + 1  # else moving the one up or the other down were the same
    mover, mark = names[at], names[to]
    order = [name for name in names if name != mover]
    order.insert(order.index(mark), mover)
    first, goes_to = _number(lines, f"[{mover}]"), _number(lines, f"[{mark}]")
    selected = _select(first, first + 3)

    def drop(line: int) -> Drag:
        """Drag the selection by its first words."""
        return Drag(_at(first, 3), _at(line, 0))

    cut, paste = on("Cut"), on("Paste")
    to_mark = (Press("ctrl+home"), *(Press("down"),) * (goes_to - 1))
    by_keys = (selected, Press("ctrl+x"), *to_mark, Press("ctrl+v"))
    return Draft(
        instruction=(
            f"In {path}, the first rule that fits is taken. Move the whole rule [{mover}] so that "
            f"it comes directly before [{mark}], and save the file. Change nothing else."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("code.in_order", path=path, names=list[JsonValue](order)),
            guard("code.unchanged_except", path=path),
            guard("text.contains", path=path, text=lines[0], count=1),
            *_nothing_else(path),
        ),
        solution=(selected, drop(goes_to), _SAVE),
        near_misses=(
            route("one rule too far", selected, drop(goes_to + 4), _SAVE),
            route("only its head", _select(first, first), drop(goes_to), _SAVE),
            route("cut and lost", selected, cut, _SAVE),
            route("copied", selected, on("Copy"), _into(goes_to, 0), paste, _SAVE),
            route("not saved", selected, drop(goes_to)),
        ),
        variations=(
            route("cut and pasted", selected, cut, _into(goes_to, 0), paste, _SAVE_KEY),
            route("by the keyboard", *by_keys, _SAVE),
        ),
    )


@template(skills=("menu", "format"), occupation="15-0000", split="validation")
def tabs_to_spaces(rng: random.Random) -> Draft:
    """A developer brings a module to the style of the house: four spaces instead of a tab."""
    thing = rng.choice(_THINGS)
    lines, _, _ = _loop_module(rng, thing)
    path = f"Documents/style-{thing}/{thing}_style.py"
    text = "\n".join(lines).replace("    ", "\t") + "\n"
    convert = menu("Document", "Replace Tabs with Spaces")
    dialog = (*_REPLACE, on("Use escape sequences", "check box"))
    only_from_now = menu("Document", "Indent Type", "Spaces", role="radio menu item")
    return Draft(
        instruction=(
            f"Our style wants four spaces for each level instead of tabs. Convert all of {path} "
            "and save it; the program has to do the same as before."
        ),
        documents=(Document(path, "text", text),),
        open=(path,),
        checks=(
            goal("code.indented_by", path=path, kind="spaces", width=4),
            guard("code.python_unchanged_except", path=path),
            *_nothing_else(path),
        ),
        solution=(*convert, _SAVE),
        near_misses=(
            route("only from now on", *only_from_now, _SAVE),
            route("two spaces", *dialog, *_fill_in("\\t", "  "), on("In Document"), _SAVE),
            route("without any", *dialog, *_fill_in("\\t", ""), on("In Document"), _SAVE),
            route("saved as a copy", *convert, *_save_copy(path)),
            route("not saved", *convert),
        ),
        variations=(
            route("by keyboard", *convert, _SAVE_KEY),
            route("replaced", *dialog, *_fill_in("\\t", "    "), on("In Document"), _SAVE),
        ),
    )


@template(skills=("edit", "canvas"), occupation="15-0000", split="test")
def close_bracket(rng: random.Random) -> Draft:
    """A developer repairs a file that its program cannot read: a bracket is missing."""
    service = rng.choice(_SERVICES)
    staff = people(rng, 5)
    settings = _staged(rng, service)
    whole = {"service": service, "contacts": [each.email for each in staff[:3]], **settings}
    lines = json.dumps(whole, indent=4).split("\n")
    broken = rng.choice(list(settings)[:3])  # what closes the last is out of view
    start = _number(lines, f'    "{broken}"')
    gone = _number(lines, "    }", start)
    sign = lines.pop(gone - 1).strip()
    path = f"Documents/broken-{service}/{service}-{broken}.json"
    end = (_into(gone - 1, 10), Press("end"))
    return Draft(
        instruction=(
            f"No program can read {path}: what closes the settings of {broken} is missing. Put it "
            "where it belongs, change nothing else, and save the file."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("code.says", path=path, source=json.dumps(whole)),
            guard(
                "text.unchanged_except_lines", path=path, lines=[gone - 1, gone], may_insert=True
            ),
            *_nothing_else(path),
        ),
        solution=(*end, Press("enter"), Type(sign), _SAVE),
        near_misses=(
            route("at the end of the file", Press("ctrl+end"), Type("}"), _SAVE),
            route("another bracket", *end, Press("enter"), Type(sign.replace("}", "]")), _SAVE),
            route(
                "one line too high",
                Press("ctrl+home"),
                *end,
                Press("up"),
                Press("end"),
                Type(f"\n{sign}"),
                _SAVE,
            ),
            route("the comma wrong", *end, Type("\n}"), _SAVE),
            route("not saved", *end, Press("enter"), Type(sign)),
        ),
        variations=(
            route("on the same line", *end, Type(sign), _SAVE_KEY),
            route(
                "before the next line",
                _into(gone, 0),
                Press("home"),
                Press("home"),
                Type(f"{sign}\n"),
                _SAVE,
            ),
        ),
    )


@template(skills=("canvas", "form"), occupation="15-0000", split="test")
def change_default(rng: random.Random) -> Draft:
    """A developer changes a default of one class; others have a method of the same name."""
    thing, verb = rng.choice(_THINGS), rng.choice(_VERBS)
    names = rng.sample(["Archive", "Mailbox", "Shop", "Ledger", "Depot", "Office", "Cache"], 4)
    old = rng.randrange(10, 90)
    new = old + rng.randrange(5, 300)
    lines = [f'"""Where each {thing} comes from."""', ""]
    for name in names:
        lines += [
            *(
                "",
                f"class {name}:",
                "    def __init__(self, rows):",
                "        self.rows = rows",
                "",
            ),
            f"    def {verb}_{thing}s(self, limit={old}):",
            f'        return [row for row in self.rows if row["{rng.choice(_FIELDS)}"]][:limit]',
            *("", f"    def count_{thing}s(self):", "        return len(self.rows)", ""),
        ]
    lines.pop()
    path = f"Documents/defaults-{thing}/{thing}_sources.py"
    chosen, other = rng.sample(names, 2)
    head = f"    def {verb}_{thing}s("
    number, wrong = (
        _number(lines, head, _number(lines, f"class {each}:")) for each in (chosen, other)
    )

    def go(line: int) -> Steps:
        """To a method by its symbol beside the text, and pick the number in its last bracket."""
        symbol = on(f"{verb}_{thing}s [{line}]", "table cell")
        return (symbol, Press("end"), Press("left"), Press("left"), Press("ctrl+shift+left"))

    changed = [*lines]
    changed[number - 1] = changed[number - 1].replace(f"={old}", f"={new}")
    to_line = (on("", "text", window="Geany", nth=1), Type(f"{number}\n"))
    whole_line = (
        Press("end"),
        Press("shift+home"),
        Type(f"def {verb}_{thing}s(self, limit={new}):"),
    )
    everywhere = (*_REPLACE, *_fill_in(f"limit={old}", f"limit={new}"), on("In Document"))
    return Draft(
        instruction=(
            f"In {path}, {verb}_{thing}s of the class {chosen} shall have {new} as the default of "
            "limit. Change that and save the file; the other classes stay as they are."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("code.says", path=path, source="\n".join(changed)),
            guard("code.python_unchanged_except", path=path, names=[f"{chosen}.{verb}_{thing}s"]),
            *_nothing_else(path),
        ),
        solution=(*go(number), Type(str(new)), _SAVE),
        near_misses=(
            route("of another class", *go(wrong), Type(str(new)), _SAVE),
            route("of all classes", *everywhere, _SAVE),
            route("beside the old one", *go(number), Press("right"), Type(str(new)), _SAVE),
            route("not saved", *go(number), Type(str(new))),
        ),
        variations=(
            route("by the number of the line", *to_line, *whole_line, _SAVE_KEY),
            route("with spaces", *go(number), Type(f" {new} "), _SAVE),
        ),
    )
