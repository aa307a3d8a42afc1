"""An application that ignores a key until the button that it flashes is up again."""

import os
import signal
from contextlib import contextmanager
from threading import Event, Thread

from gym_anything.env import DesktopEnv
from gym_anything.machine.cpu import process_names
from gym_anything.records import Action


def shown(env):
    nodes = env.session.desktop.accessibility(text=True)
    return next(node.text for node in nodes if node.role == "text")


@contextmanager
def starved(env, name, rest_sec=0.2, work_sec=0.02):
    """A process of a machine gets a processor only now and then."""
    names = process_names(env.session.machine.pid)
    (pid,) = (pid for pid, own in names.items() if own == name)
    ended = Event()

    def starve():
        while not ended.is_set():
            os.kill(pid, signal.SIGSTOP)
            ended.wait(rest_sec)
            os.kill(pid, signal.SIGCONT)
            ended.wait(work_sec)

    thread = Thread(target=starve)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_repeated_keys_reach_galculator_each():
    with DesktopEnv("galculator") as env:
        env.reset(seed=1)
        env.step(Action.type("11+22.22+1001\n"))
        assert shown(env) == "1034.22"


def test_repeated_keys_reach_a_galculator_that_is_short_of_cpu_time():
    with DesktopEnv("galculator") as env:
        env.reset(seed=1)
        with starved(env, "galculator"):
            env.step(Action.type("777777"))
            for _ in range(4):
                env.step(Action.press("7"))
        assert shown(env) == "7777777777"
