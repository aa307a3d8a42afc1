"""Names of keys: the formats' own, written; all of them, read.

One reader takes what any vendor calls a key, since models mix their vocabularies. Sources: the X11
keysym names that xdotool takes, PyAutoGUI's `KEY_NAMES`, and the keys of OpenAI's sample harness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gym_anything.action.reading import Unreadable
from gym_anything.records import KEYS, NAMED_KEYS

_PUNCTUATION = {
    "!": "exclam",
    '"': "quotedbl",
    "#": "numbersign",
    "$": "dollar",
    "%": "percent",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "parenleft",
    ")": "parenright",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "period",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less",
    "=": "equal",
    ">": "greater",
    "?": "question",
    "@": "at",
    "[": "bracketleft",
    "\\": "backslash",
    "]": "bracketright",
    "^": "asciicircum",
    "_": "underscore",
    "`": "grave",
    "{": "braceleft",
    "|": "bar",
    "}": "braceright",
    "~": "asciitilde",
}
_KEYPAD_SIGNS = ("add", "subtract", "multiply", "divide", "decimal")

PYAUTOGUI_NAMES: Mapping[str, str] = {
    **{key: key for key in KEYS if not key.startswith("kp_")},
    "super": "win",
    "page_up": "pageup",
    "page_down": "pagedown",
    "menu": "apps",
    "caps_lock": "capslock",
    "print_screen": "printscreen",
    **{f"kp_{digit}": f"num{digit}" for digit in range(10)},
    **{f"kp_{sign}": sign for sign in _KEYPAD_SIGNS},
}
"""Every key but the keypad's Enter, which PyAutoGUI does not know."""

KEYSYM_NAMES: Mapping[str, str] = {
    **{key: key for key in KEYS},
    **{key: key.title() for key in NAMED_KEYS if key not in ("ctrl", "shift", "alt", "super")},
    "enter": "Return",
    "space": "space",
    "backspace": "BackSpace",
    "print_screen": "Print",
    **{f"f{n}": f"F{n}" for n in range(1, 13)},
    **{key: f"KP_{key[3:].title()}" for key in NAMED_KEYS if key.startswith("kp_")},
    "+": "plus",
}
"""X11 keysyms as xdotool takes them, joined by "+"."""

OPENAI_NAMES: Mapping[str, str] = {
    **{key: key for key in KEYS if len(key) == 1 and not key.isalpha()},
    **{letter: letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{key: key.upper() for key in ("ctrl", "shift", "alt", "super", "enter", "tab", "space")},
    **{key: key.upper() for key in ("backspace", "delete", "insert", "home", "end")},
    **{key: f"ARROW{key.upper()}" for key in ("left", "right", "up", "down")},
    **{f"f{n}": f"F{n}" for n in range(1, 13)},
    "escape": "ESC",
    "page_up": "PAGEUP",
    "page_down": "PAGEDOWN",
    "caps_lock": "CAPSLOCK",
}
"""Letters are keys, not characters: "C" is the key c, and no capital letter can be said."""

_READ = {
    **{key: key for key in NAMED_KEYS},
    **{name: char for char, name in _PUNCTUATION.items()},
    **{name: key for key, name in PYAUTOGUI_NAMES.items() if len(key) > 1},
    **{name.lower(): key for key, name in KEYSYM_NAMES.items() if len(key) > 1},
    **{name.lower(): key for key, name in OPENAI_NAMES.items() if len(key) > 1},
    **{f"{key}left": key for key in ("ctrl", "shift", "alt", "win")},
    **{f"{key}right": key for key in ("ctrl", "shift", "alt", "win")},
    **{f"{key}_{side}": key for key in ("control", "shift", "alt", "super") for side in "lr"},
    **{f"{key}_{side}": "super" for key in ("meta", "hyper") for side in "lr"},
    **{f"numpad{digit}": f"kp_{digit}" for digit in range(10)},
    **{f"{key}_arrow": key for key in ("left", "right", "up", "down")},
    **{"control_l": "ctrl", "control_r": "ctrl", "control": "ctrl", "ctl": "ctrl"},
    **{"winleft": "super", "winright": "super", "win": "super", "windows": "super"},
    **{"cmd": "super", "command": "super", "meta": "super", "option": "alt"},
    **{"return": "enter", "esc": "escape", "del": "delete", "ins": "insert"},
    **{"pgup": "page_up", "pgdn": "page_down", "pgdown": "page_down"},
    **{"prior": "page_up", "next": "page_down", "back_space": "backspace"},
    **{"prtsc": "print_screen", "prtscr": "print_screen", "prntscrn": "print_screen"},
    **{"contextmenu": "menu", "spacebar": "space", "hyphen": "-", "dot": "."},
    **{" ": "space", "\t": "tab", "\n": "enter", "\r": "enter"},
}
_SINGLE = frozenset(key for key in KEYS if len(key) == 1)


def read_key(name: str) -> str:
    """The canonical key (`records.KEYS`) that a name of any vendor stands for.

    Raises:
        Unreadable: none has that name.
    """
    key = name if name in _SINGLE else _READ.get(name.lower())
    if key is None or (key not in _SINGLE and key not in NAMED_KEYS):
        raise Unreadable(f"unknown key {name[:40]!r}")
    return key


def read_keys(names: Iterable[str]) -> tuple[str, ...]:
    """The canonical keys of several names, in order.

    Raises:
        Unreadable: there is none, or an unknown one.
    """
    keys = tuple(read_key(name) for name in names)
    if not keys:
        raise Unreadable("no key is named")
    return keys


def read_chord(chord: str) -> tuple[str, ...]:
    """The keys of a chord joined by "+": "ctrl+s", "ctrl++".

    Raises:
        Unreadable: there is none, or an unknown one.
    """
    if chord == "+" or chord.endswith("++"):
        return read_keys([*(part for part in chord[:-1].split("+") if part), "+"])
    return read_keys(part.strip() or part for part in chord.split("+"))
