"""An application that ignores a key until the button that it flashes is up again."""

from gym_anything.env import DesktopEnv
from gym_anything.records import Action


def shown(env):
    nodes = env.session.desktop.accessibility(text=True)
    return next(node.text for node in nodes if node.role == "text")


def test_repeated_keys_reach_galculator_each():
    with DesktopEnv("galculator") as env:
        env.reset(seed=1)
        env.step(Action.type("11+22.22+1001\n"))
        assert shown(env) == "1034.22"
