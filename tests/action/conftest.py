"""Actions drawn from a seed, and the frames that formats are tried with."""

import random
import string

import pytest

from gym_anything.action.frame import Frame, Grid
from gym_anything.action.registry import FORMATS
from gym_anything.records import KEYS, MAX_DURATION_SEC, MODIFIERS, Action, Button, Verb

FRAMES = (
    Frame((1280, 720), pointer=(5, 5)),
    Frame((1920, 1080), image=(1366, 768), pointer=(5, 5)),
    Frame((2560, 1440), image=(1024, 576), pointer=(5, 5)),  # far coarser than the screen
    Frame((640, 480), image=(1280, 960), pointer=(5, 5)),
    Frame((37, 1201), pointer=(5, 5)),
)
LETTERS = string.printable.replace("\x0b", "").replace("\x0c", "") + "äß漢😀\u2028\\\\''\"\"`<>"


def grid_of(words, frame):
    return words.grid(frame) if hasattr(words, "grid") else Grid(frame.screen, frame.screen)


def some_keys(rng, most, among=KEYS):
    return tuple(rng.sample(among, rng.randint(1, most)))


def some_text(rng):
    return "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 30)))


def some_action(rng, verb, screen):
    """Any action of a verb; the fields that it does not use are as its constructor leaves them."""
    point, end = ((rng.randrange(screen[0]), rng.randrange(screen[1])) for _ in range(2))
    if rng.random() < 0.1:
        point = rng.choice([(0, 0), (screen[0] - 1, screen[1] - 1)])
    button = rng.choice([Button.LEFT, Button.LEFT, *Button])
    held = some_keys(rng, 3, MODIFIERS) if rng.random() < 0.3 else ()
    seconds = rng.choice([0.0, 0.5, 1.25, MAX_DURATION_SEC])
    match verb:
        case Verb.WAIT:
            return Action.wait(seconds)
        case Verb.MOVE:
            return Action.move(*point)
        case Verb.CLICK:
            count = rng.choice([1, 1, 2, 3])
            return Action(verb, point=point, button=button, count=count, keys=held)
        case Verb.DRAG:
            return Action(verb, point=point, end=end, button=button, keys=held)
        case Verb.MOUSE_DOWN | Verb.MOUSE_UP:
            return Action(verb, point=point, button=button)
        case Verb.SCROLL:
            turns = rng.choice([(0, 5), (0, -5), (5, 0), (-5, 0), (0, 0)])
            if rng.random() < 0.5:
                turns = (rng.randint(-20, 20), rng.choice([0, rng.randint(-20, 20)]))
            return Action(verb, point=point, scroll=turns, keys=held)
        case Verb.TYPE | Verb.ANSWER:
            return Action(verb, text=some_text(rng))
        case Verb.PRESS:
            held_sec = rng.choice([0.0, 0.0, seconds])
            return Action(verb, keys=some_keys(rng, 4), duration_sec=held_sec)
        case Verb.KEY_DOWN | Verb.KEY_UP:
            return Action(verb, keys=some_keys(rng, 4))
    return Action(verb)


@pytest.fixture(params=FORMATS)
def words(request):
    return FORMATS[request.param]


@pytest.fixture
def rng(request):
    return random.Random(request.node.name)
