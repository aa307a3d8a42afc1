"""Tasks of Geany: code and configuration that developers, web and system administrators keep.

What stands in a text is no widget of its own, so places in it are computed from the font that
files/home fixes: lines are 18 pixels high, columns 9 wide, the margins 56, and 29 lines in view.
"""

from __future__ import annotations

import json
import random

from gym_anything.documents import programs
from gym_anything.documents.programs import indented, line_number
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


@template(skills=("search", "replace", "dialog"), occupation="15-0000")
def rename_function(rng: random.Random) -> Draft:
    """A developer renames a function; another one's name begins alike."""
    thing, (verb, new_verb) = rng.choice(programs.THINGS), rng.sample(programs.VERBS, 2)
    old, new = f"{verb}_{thing}s", f"{new_verb}_{rng.choice(['all_', 'raw_', 'open_'])}{thing}s"
    lines = programs.report_module(rng, thing, verb)
    other = next(line for line in lines if line.startswith(f"def {old}_by")).split("(")[0][4:]
    path = f"Documents/rename-{thing}/{thing}_reports.py"
    dialog = (*_REPLACE, *_fill_in(old, new))
    replaced = (*dialog, _WHOLE_WORDS, on("In Document"))
    definition = line_number(lines, f"def {old}(")
    mentions = [at for at, line in enumerate(lines, 1) if old in line.replace(other, "")]
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
            goal("source.defines", path=path, name=new),
            goal("text.replaced", weight=2.0, path=path, old=old, new=new, whole_words=True),
            guard("text.unchanged_except_lines", path=path, lines=mentions),
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


@template(skills=("double-click", "edit"), occupation="15-0000")
def change_json_value(rng: random.Random) -> Draft:
    """A web administrator changes one number; each stage of the service has the same key."""
    service = rng.choice(programs.SERVICES)
    path = f"Documents/deploy-{service}/{service}.json"
    settings = programs.staged_settings(rng, service)
    stage, other = rng.sample(programs.STAGES, 2)
    key = rng.choice([name for name in settings[stage] if name in programs.SETTINGS])
    old = settings[other][key] = settings[stage][key]  # so that the value alone does not tell
    new = rng.choice([value for value in programs.SETTINGS[key] if value != old])
    lines = json.dumps(settings, indent=4).split("\n")
    number, wrong = (
        line_number(lines, f'        "{key}"', line_number(lines, f'    "{each}"'))
        for each in (stage, other)
    )
    column = lines[number - 1].index(": ") + 2
    pick = _into(number, column, count=2)
    to_line = (on("", "text", window="Geany", nth=1), Type(f"{number}\n"))
    to_line += (Press("home"), Press("shift+end"))
    retyped = Type(f'"{key}": {new},')
    return Draft(
        instruction=(
            f"In {path}, set {key} of {stage} to {new} and save the file. All other settings "
            "have to stay as they are."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("source.value_equals", path=path, key=[stage, key], value=new),
            guard("source.unchanged_except", path=path, keys=[[stage, key]]),
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
            route("by the number of the line", *to_line, retyped, _SAVE_KEY),
            route("as a decimal", pick, Type(f"{new}.0"), _SAVE),
        ),
    )


@template(skills=("drag", "toolbar", "canvas"), occupation="15-0000")
def indent_block(rng: random.Random) -> Draft:
    """A developer puts the statements behind a loop into it, as they were meant."""
    thing = rng.choice(programs.THINGS)
    lines, first, last = programs.misplaced_loop(rng, thing)
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
            goal("source.says", weight=2.0, path=path, source=indented(lines, first, last)),
            guard("source.indented_by", path=path, kind="spaces"),
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


@template(skills=("submenu", "edit", "menu"), occupation="15-0000")
def disable_option(rng: random.Random) -> Draft:
    """An administrator comments an option out for the time being; other sections keep theirs."""
    host = f"{rng.choice(programs.HOSTS)}{rng.randint(1, 30)}"
    lines, (job, other), option, text = programs.option_twice(rng, host)
    path = f"Documents/backup-{host}/{host}.ini"
    number, wrong = (
        line_number(lines, option, line_number(lines, f"[{each}]")) for each in (job, other)
    )
    comment = menu("Edit", "Format", "Comment Line(s)")
    section = line_number(lines, f"[{job}]")
    typed = (_into(number, 3), Press("home"), Type("# "))
    return Draft(
        instruction=(
            f"In {path}, switch off {option} of the section {job} for now: comment that line out, "
            "without deleting it, and save the file. The other sections keep theirs."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("source.value_absent", path=path, key=[job, option]),
            goal("source.commented_out", path=path, text=text, plain=1),
            guard("source.unchanged_except", path=path, keys=[[job, option]]),
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
    number, service = rng.randint(1, 40), rng.choice(programs.SERVICES)
    old, new = f"{old_name}{number}.example.com", f"{new_name}{number + 1}.example.com"
    other = f"{old_name}{number}.example.net"
    folder = f"Documents/hosts-{service}"
    third = old.replace(str(number), str(number + 7))
    texts = programs.host_files(rng, service, old, other, third)
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
            guard("source.brackets_match", path=paths[2]),
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


@template(skills=("drag", "canvas"), occupation="15-0000", split="validation")
def move_rule(rng: random.Random) -> Draft:
    """A web administrator moves a rule above another: the first that fits is taken."""
    site = rng.choice(programs.SERVICES)
    names, lines = programs.route_rules(rng, site)
    path = f"Documents/routes-{site}/{site}.toml"
    to, at = sorted(rng.sample(range(4), 2))
    at += at == to + 1  # else moving the one up or the other down were the same
    mover, mark = names[at], names[to]
    order = [name for name in names if name != mover]
    order.insert(order.index(mark), mover)
    first, goes_to = (
        line_number(lines, f"[{mover}]"),
        line_number(lines, f"[{mark}]"),
    )
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
            goal("source.in_order", path=path, names=list[JsonValue](order)),
            guard("source.unchanged_except", path=path),
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
    thing = rng.choice(programs.THINGS)
    lines, _, _ = programs.misplaced_loop(rng, thing)
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
            goal("source.indented_by", path=path, kind="spaces", width=4),
            guard("source.python_unchanged_except", path=path),
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
    service = rng.choice(programs.SERVICES)
    whole, lines, broken, gone, sign = programs.broken_settings(rng, service)
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
            goal("source.says", path=path, source=whole),
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


@template(skills=("edit", "form"), occupation="15-0000", split="test")
def change_default(rng: random.Random) -> Draft:
    """A developer changes a default of one class; others have a method of the same name."""
    thing, verb = rng.choice(programs.THINGS), rng.choice(programs.VERBS)
    new = (old := rng.randrange(10, 90)) + rng.randrange(5, 300)
    names, lines = programs.source_classes(rng, thing, verb, old)
    path = f"Documents/defaults-{thing}/{thing}_sources.py"
    chosen, other = rng.sample(names, 2)
    head = f"    def {verb}_{thing}s("
    number, wrong = (
        line_number(lines, head, line_number(lines, f"class {each}:")) for each in (chosen, other)
    )

    def go(line: int) -> Steps:
        """To a method by its symbol beside the text, and pick the number in its last bracket."""
        symbol = on(f"{verb}_{thing}s [{line}]", "table cell")
        return (symbol, Press("end"), Press("left"), Press("left"), Press("ctrl+shift+left"))

    changed = [*lines]
    changed[number - 1] = changed[number - 1].replace(f"={old}", f"={new}")
    to_line = (on("", "text", window="Geany", nth=1), Type(f"{number}\n"), Press("end"))
    whole_line = (Press("shift+home"), Type(f"def {verb}_{thing}s(self, limit={new}):"))
    everywhere = (*_REPLACE, *_fill_in(f"limit={old}", f"limit={new}"), on("In Document"))
    return Draft(
        instruction=(
            f"In {path}, {verb}_{thing}s of the class {chosen} shall have {new} as the default of "
            "limit. Change that and save the file; the other classes stay as they are."
        ),
        documents=(Document(path, "text", "\n".join(lines) + "\n"),),
        open=(path,),
        checks=(
            goal("source.says", path=path, source="\n".join(changed)),
            guard("source.python_unchanged_except", path=path, names=[f"{chosen}.{verb}_{thing}s"]),
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
