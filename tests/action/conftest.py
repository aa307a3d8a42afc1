"""Any action, as hypothesis draws them, and the frames that formats are tried with."""

import string

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from gym_anything.action.frame import Frame, Grid
from gym_anything.action.registry import FORMATS
from gym_anything.records import (
    KEYS,
    MAX_DURATION_SEC,
    MAX_KEYS,
    MAX_SCROLL,
    MODIFIERS,
    Action,
    Button,
    Verb,
)

# The same examples in every run; a fixture that is only looked up may be shared by all of them.
settings.register_profile(
    "formats",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("formats")

FRAMES = (
    Frame((1280, 720), pointer=(5, 5)),
    Frame((1920, 1080), image=(1366, 768), pointer=(5, 5)),
    Frame((2560, 1440), image=(1024, 576), pointer=(5, 5)),  # far coarser than the screen
    Frame((640, 480), image=(1280, 960), pointer=(5, 5)),
    Frame((37, 1201), pointer=(5, 5)),
)
LETTERS = string.printable.replace("\x0b", "").replace("\x0c", "") + "äß漢😀\u2028\\\\''\"\"`<>"
TEXTS = st.text(st.sampled_from(LETTERS), min_size=1, max_size=30)
SECONDS = st.sampled_from([0.0, 0.5, 1.25, MAX_DURATION_SEC])
TURNS = st.integers(-MAX_SCROLL, MAX_SCROLL)


def grid_of(words, frame):
    return words.grid(frame) if hasattr(words, "grid") else Grid(frame.screen, frame.screen)


def some_keys(most, among=KEYS, least=1):
    return st.lists(st.sampled_from(among), min_size=least, max_size=most, unique=True).map(tuple)


def points(screen):
    return st.tuples(st.integers(0, screen[0] - 1), st.integers(0, screen[1] - 1))


def actions_of(verb, screen):
    """Any action of a verb; the fields that it does not use are as its constructor leaves them."""
    point, button = points(screen), st.sampled_from(Button)
    held = st.just(()) | some_keys(3, MODIFIERS, least=0)
    keys = some_keys(MAX_KEYS)
    fields = {
        Verb.WAIT: {"duration_sec": SECONDS},
        Verb.MOVE: {"point": point},
        Verb.CLICK: {
            **{"point": point, "button": button, "keys": held},
            "count": st.sampled_from([1, 2, 3]),
        },
        Verb.DRAG: {"point": point, "end": point, "button": button, "keys": held},
        Verb.MOUSE_DOWN: {"point": point, "button": button},
        Verb.MOUSE_UP: {"point": point, "button": button},
        Verb.SCROLL: {
            **{"point": point, "keys": held},
            "scroll": st.tuples(TURNS, st.just(0))
            | st.tuples(st.just(0), TURNS)
            | st.tuples(TURNS, TURNS),
        },
        Verb.TYPE: {"text": TEXTS},
        Verb.ANSWER: {"text": TEXTS},
        Verb.PRESS: {"keys": keys, "duration_sec": st.just(0.0) | SECONDS},
        Verb.KEY_DOWN: {"keys": keys},
        Verb.KEY_UP: {"keys": keys},
    }
    return st.builds(Action, st.just(verb), **fields.get(verb, {}))


def actions(screen):
    """Any action."""
    return st.sampled_from(Verb).flatmap(lambda verb: actions_of(verb, screen))


@pytest.fixture(params=FORMATS)
def words(request):
    return FORMATS[request.param]
