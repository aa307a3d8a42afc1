import random
from pathlib import Path

import pytest

from gym_anything.desktop.desktop import Desktop
from gym_anything.desktop.keyboard import Keymap, Stroke, keysym
from gym_anything.machine.local import LocalMachine
from gym_anything.records import KEYS, Action
from tests.desktop.conftest import Launch

ODD = "<ß漢😀>ÄÖÜ e\u0301 naïve €\ttab |\\~`^'\" ﬁ שלום Ω\n"
DISTINCT = "".join(chr(code) for code in range(0x100, 0x100 + 300))


@pytest.fixture
def note(machine: LocalMachine, launch: Launch) -> Path:
    """A file that a text editor has open and focused; ctrl+s writes it."""
    launch("mousepad", "--disable-server", "/home/user/note.txt")
    return machine.home / "note.txt"


def saved(desktop: Desktop, note: Path) -> str:
    desktop.step(Action.press("ctrl+s"))
    return note.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [ODD, "".join(chr(code) for code in range(0x20, 0x7F)), DISTINCT, "a\r\nb\rc", "aaAAaaß" * 300],
    ids=["odd", "ascii", "300 distinct", "line ends", "long"],
)
def test_text_arrives_whole_and_in_order(desktop: Desktop, note: Path, text: str) -> None:
    desktop.step(Action.type(text))
    assert saved(desktop, note) == text.replace("\r\n", "\n").replace("\r", "\n")


def test_texts_that_take_turns_over_the_spare_keycodes_arrive(desktop: Desktop, note: Path) -> None:
    rng = random.Random(7)
    texts = ["".join(rng.choices(DISTINCT, k=60)) for _ in range(8)]
    for text in texts:
        desktop.perform(Action.type(text))  # without settling in between
    desktop.settle()
    assert saved(desktop, note) == "".join(texts)


def test_text_is_literal_while_keys_are_held_and_caps_lock_is_on(
    desktop: Desktop, note: Path
) -> None:
    desktop.step(Action.press("caps_lock"))
    desktop.step(Action.key_down("shift"))
    desktop.step(Action.type("aBß"))
    desktop.step(Action.press("b"))  # a key, not text: shift and Caps Lock cancel out
    desktop.step(Action.key_up("shift"))
    desktop.step(Action.press("c"))
    desktop.step(Action.press("caps_lock"))
    assert saved(desktop, note) == "aBßbC"


def test_chords_and_named_keys_do_what_they_say(desktop: Desktop, note: Path) -> None:
    desktop.step(Action.type("one two"))
    for chord in ("ctrl+left", "shift+end", "ctrl+X", "home", "ctrl+v", "enter", "?", "kp_7"):
        desktop.step(Action.press(chord))
    desktop.step(Action.press("backspace"))
    desktop.step(Action.press("shift+a"))
    desktop.step(Action.press("ä") if "ä" in KEYS else Action.type("ä"))
    assert saved(desktop, note) == "two\n?Aäone "


def test_held_keys_modify_presses_until_they_are_released(desktop: Desktop, note: Path) -> None:
    desktop.step(Action.type("abc"))
    desktop.step(Action.key_down("shift"))
    desktop.step(Action.press("left"))
    desktop.step(Action.press("left"))
    desktop.release_all()
    desktop.step(Action.type("x"))
    desktop.step(Action.press("left"))
    desktop.step(Action.key_up("shift"))  # already up: harmless
    desktop.step(Action.type("y"))
    assert saved(desktop, note) == "ayx"


def test_a_key_held_for_a_time_repeats(desktop: Desktop, note: Path) -> None:
    desktop.step(Action.press("a", duration_sec=1.5))
    assert len(saved(desktop, note)) > 5


def test_untypable_text_is_refused_before_anything_is_sent(desktop: Desktop, note: Path) -> None:
    for text in ("good\x1b", "good\ud800", "good\x7f", "good\x85"):
        with pytest.raises(ValueError, match="cannot be typed"):
            desktop.step(Action.type(text))
    assert saved(desktop, note) == ""


def test_every_key_of_the_records_has_a_keysym() -> None:
    assert all(keysym(key) > 0 for key in KEYS)
    with pytest.raises(ValueError, match="unknown key"):
        keysym("hyper")


def keymap() -> Keymap:
    media = 0x1008_FF11
    return Keymap(
        {8: (0,), 10: (ord("a"), ord("A")), 11: (0, 0), 12: (media, 0), 20: (ord("b"), media)}
    )


def test_shift_is_used_where_the_keymap_needs_it() -> None:
    assert keymap().lend(ord("a")) == Stroke(10)
    assert keymap().lend(ord("A")) == Stroke(10, shift=True)


def test_keycode_8_and_used_keys_are_never_lent() -> None:
    lender = keymap()
    assert lender.spares == 2
    assert [lender.lend(0x100_0100 + n) for n in range(3)] == [Stroke(11), Stroke(12), None]


def test_a_keycode_is_lent_anew_only_after_its_events_were_read_the_oldest_first() -> None:
    lender = keymap()
    first, second, third = (0x100_0100 + n for n in range(3))
    lender.lend(first)
    lender.lend(second)
    lender.lend(first)
    assert lender.lend(third) is None
    lender.mark_read()
    assert lender.lend(third) == Stroke(12)
    assert lender.lend(first) == Stroke(11)
    assert lender.lend(second) is None
