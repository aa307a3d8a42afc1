"""Phrases: intents and actions in a person's words, for the paragraphs of reasoning.

No coordinates: a widget is called by its name and kind, a place in a text only "the right place".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from gym_anything.curation.paragraph import tidy
from gym_anything.records import Action, Label, Verb
from gym_anything.task import (
    Answer,
    Click,
    Drag,
    GiveUp,
    Intent,
    Press,
    Scroll,
    Target,
    Type,
)

_QUOTED = 60  # characters of a text that are quoted
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "push button": "button",
        "toggle button": "button",
        "menu item": "entry",
        "check menu item": "entry",
        "radio menu item": "entry",
        "entry": "field",
        "text": "text field",
        "page tab": "tab",
        "table cell": "row",
        "combo box": "list",
        "list item": "entry",
        "label": "text",
        "static": "text",
        "": "place",
    }
)
_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "ctrl+s": "what has been changed is only in the open document so far and has to be saved",
        "ctrl+z": "what was done last has to be undone",
        "ctrl+a": "all of it has to be selected before it can be replaced or copied",
        "ctrl+c": "what is selected is needed elsewhere and has to be copied",
        "ctrl+v": "what was copied belongs here",
        "ctrl+x": "what is selected belongs elsewhere and has to be cut out",
        "ctrl+o": "the next document has to be opened",
        "ctrl+f": "it has to be found first",
        "ctrl+h": "one text has to be replaced by another",
        "ctrl+home": "the cursor has to be at the very beginning",
        "ctrl+end": "the cursor has to be at the very end",
        "home": "the cursor has to be at the beginning of the line",
        "end": "the cursor has to be at the end of the line",
        "enter": "what was entered has to be confirmed",
        "tab": "the next field comes after this one",
        "escape": "what is open is not needed any more",
        "delete": "what is selected has to go",
        "backspace": "what stands before the cursor has to go",
    }
)
_MISTAKES: Mapping[Label, str] = MappingProxyType(
    {
        Label.WRONG_TARGET: "hit something else than I meant",
        Label.NEIGHBOUR_CELL: "hit the cell beside the right one",
        Label.REPEATED: "did the same thing once more than needed",
        Label.TYPO: "typed a wrong character",
        Label.DETOUR: "looked at something that is not needed",
        Label.PREMATURE_DONE: "stopped too early",
    }
)


def quote(text: str) -> str:
    """A text in quotation marks, on one line, shortened."""
    plain = tidy(text)
    return f"“{plain if len(plain) <= _QUOTED else plain[:_QUOTED].rstrip() + '…'}”"


def chord(keys: str) -> str:
    """A chord as it stands on the keys: "Ctrl+S"."""
    return "+".join(key.replace("_", " ").capitalize() for key in keys.split("+"))


def thing(target: Target | tuple[int, int]) -> str:
    """What a target is called."""
    if not isinstance(target, Target):
        return "the right place"
    if target.cell:
        return f"the cell {target.cell}"
    kind = _KINDS.get(target.role, target.role)
    where = f" in {quote(target.window)}" if target.window and target.name else ""
    name = f" {quote(target.name)}" if target.name else ""
    inside = "the right place in " if target.at != (0.5, 0.5) and not name else ""
    return f"{inside}the {kind}{name}{where}"


def names_of(intent: Intent) -> list[str]:
    """What an intent names: its widgets, or what it types."""
    if isinstance(intent, Type):
        return [intent.type]
    targets: list[object] = []
    if isinstance(intent, Click):
        targets = [intent.click]
    elif isinstance(intent, Drag):
        targets = [intent.drag, intent.to]
    found = [target for target in targets if isinstance(target, Target)]
    return [name for target in found for name in (target.name, target.window) if name]


def doing(intent: Intent, text: str | None = None) -> str:
    """What is done, after "I will": "click the button “OK”".

    Args:
        intent: what.
        text: what is left to type of it, if that is not all.
    """
    match intent:
        case Click():
            how = {1: "click", 2: "double-click", 3: "triple-click"}[intent.count]
            how = f"{intent.button}-{how}" if intent.button != "left" else how
            held = f" with {chord(intent.keys)} held" if intent.keys else ""
            return f"{how} {thing(intent.click)}{held}"
        case Drag():
            held = f" with {chord(intent.keys)} held" if intent.keys else ""
            return f"drag from {thing(intent.drag)} to {thing(intent.to)}{held}"
        case Scroll():
            return f"scroll in {thing(intent.scroll)}"
        case Press():
            return f"press {chord(intent.press)}"
        case Type():
            return typing(intent.type if text is None else text)
        case Answer():
            return f"answer {quote(intent.answer)}"
        case GiveUp():
            return "say that the task cannot be done"
        case _:
            return "wait"


def typing(text: str) -> str:
    """What typing a text is, its final Enter or Tab named."""
    ends = {"\n": " and press Enter", "\t": " and press Tab"}
    ending = ends.get(text[-1:], "")
    said = text[:-1] if ending else text
    if not said.strip():
        return f"type {len(said)} spaces{ending}" if said else f"press {chord(_ended(text))}"
    return f"type {quote(said)}{ending}"


def _ended(text: str) -> str:
    return "tab" if text.endswith("\t") else "enter"


def why(intent: Intent, following: Sequence[Intent], instruction: str) -> str:
    """Why an intent is what has to be done, as a clause.

    Args:
        intent: what is done.
        following: what comes after it.
        instruction: of the task.
    """
    after = following[0] if following else None
    match intent:
        case Click(click=Target() as target):
            return _why_click(target, after)
        case Drag(drag=Target(cell=first), to=Target(cell=last)) if first and last:
            return f"the cells from {first} to {last} have to be selected together"
        case Drag():
            return "this has to be moved or drawn by hand"
        case Scroll():
            return "what is needed is not in view yet"
        case Press(press=keys):
            return _KEYS.get(keys, "this key does what has to come next")
        case Type(type=text):
            if text.strip() and text.strip() in instruction:
                return "the task says what has to stand here"
            return "what has to stand here follows from the task and from what is on the screen"
        case Answer():
            return "everything that the question needs has been seen"
        case GiveUp():
            return "nothing on this desktop allows what the task asks for"
        case _:
            return "this is where the next thing happens"


def _why_click(target: Target, after: Intent | None) -> str:
    entry = after.click if isinstance(after, Click) else None
    if target.role == "menu" and isinstance(entry, Target) and entry.name:
        return f"{quote(entry.name)} is in this menu"
    if target.role.endswith("menu item"):
        return "this entry of the open menu does what has to come next"
    if isinstance(after, Type):
        entered = f"{quote(after.type)} has to be entered" if after.type.strip() else "text goes"
        return f"{entered} there"
    if target.cell:
        return "the next thing happens in this cell"
    if target.role in ("check box", "radio button"):
        return "this setting has to be as the task wants it"
    if target.role in ("push button", "toggle button"):
        return "this button does what has to come next"
    return "this is what the next step works on"


def mistake(label: Label) -> str:
    """What went wrong, after "I"."""
    return _MISTAKES[label]


def undoing(action: Action) -> str:
    """What an action that takes a mistake back is, after "I will"."""
    match action.verb:
        case Verb.PRESS:
            return f"press {chord('+'.join(action.keys))}"
        case Verb.TYPE:
            return typing(action.text)
        case _:
            return "click where I should have clicked"
