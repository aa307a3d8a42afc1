import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gym_anything import Action, pool
from gym_anything.env import DesktopEnv
from gym_anything.errors import MachineError
from gym_anything.machine.cpu import descendants
from gym_anything.pool import Budget, Key, Pool, default_budget, shared_pool
from gym_anything.records import Failure, FailureKind
from gym_anything.session import set_up
from gym_anything.task import Check, Document, Task

FAKE = Key(("mousepad",), "fake", (320, 240))
OTHER = Key(("galculator",), "fake", (320, 240))
REAL = Key(("galculator",), "local", (1280, 720))


@pytest.fixture
def make_pool():
    made = []

    def make(**limits):
        budget = {"machines": 8, "memory_mb": 8_000, "starts": 2, "wait_sec": 0.2} | limits
        made.append(Pool(Budget(**budget)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_what_is_wanted_is_ready_ahead_and_replaced_when_taken(make_pool):
    pool = make_pool()
    with pool.subscribe(FAKE):
        assert pool.await_ready(FAKE, 1, 10)
        first = pool.take(FAKE)
        assert pool.await_ready(FAKE, 1, 10)
        second = pool.take(FAKE)
        assert first is not second and first.home.root != second.home.root
        assert pool.count(FAKE)[1] == 2
        pool.discard(first)
        pool.discard(second)
        assert pool.count(FAKE)[1] == 0


def test_the_more_environments_the_more_are_ready(make_pool):
    pool = make_pool(ahead=0.5)
    for _ in range(6):
        pool.add(FAKE)
    assert pool.await_ready(FAKE, 3, 10)


def test_nothing_is_kept_when_nobody_wants_it_any_more(make_pool):
    pool = make_pool()
    with pool.subscribe(FAKE):
        assert pool.await_ready(FAKE, 1, 10)
        (session,) = pool._ready[FAKE]
    assert pool.count(FAKE) == (0, 0) and not session.machine.home.exists()


def test_kinds_are_refilled_fairly(make_pool):
    pool = make_pool(starts=1, ahead=1.0)
    for _ in range(3):
        pool.add(FAKE)
    pool.add(OTHER)
    assert pool.await_ready(OTHER, 1, 10)
    assert pool.await_ready(FAKE, 3, 10)


def test_more_than_the_budget_is_a_clear_error_after_a_bounded_wait(make_pool):
    pool = make_pool(machines=2)
    sessions = [pool.take(FAKE), pool.take(FAKE)]
    with pytest.raises(MachineError, match="2 of 2 machines.*larger Budget"):
        pool.take(FAKE)
    pool.discard(sessions[0])
    pool.discard(pool.take(FAKE))
    pool.discard(sessions[1])


def test_memory_bounds_it_as_well(make_pool):
    pool = make_pool(memory_mb=FAKE.memory_mb)
    session = pool.take(FAKE)
    with pytest.raises(MachineError, match="MB are in use"):
        pool.take(FAKE)
    pool.discard(session)


def test_who_waits_for_room_gets_it_as_soon_as_there_is_some(make_pool):
    pool = make_pool(machines=1, wait_sec=20.0)
    session = pool.take(FAKE)
    threading.Timer(0.05, pool.discard, [session]).start()
    pool.discard(pool.take(FAKE))


def test_for_each_who_waits_one_is_started_but_no_more_at_a_time_than_the_budget(
    make_pool, monkeypatch
):
    prepare, met, at_once = Key.prepare, threading.Barrier(2), []

    def start(key):
        at_once.append(1)
        met.wait(10)  # two at a time, or it breaks
        assert sum(at_once) <= 2
        session = prepare(key)
        at_once.append(-1)
        return session

    monkeypatch.setattr(Key, "prepare", start)
    pool = make_pool(starts=2, wait_sec=20)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda _: pool.take(FAKE), range(4)))
    assert len({id(session) for session in taken}) == 4
    for session in taken:
        pool.discard(session)


def test_a_ready_one_of_another_kind_makes_room(make_pool):
    pool = make_pool(machines=1)
    with pool.subscribe(FAKE):
        assert pool.await_ready(FAKE, 1, 10)
        session = pool.take(OTHER)
        assert pool.count(FAKE)[0] == 0
        pool.discard(session)


def test_one_that_died_while_it_waited_is_not_handed_out(make_pool):
    pool = make_pool()
    with pool.subscribe(FAKE):
        assert pool.await_ready(FAKE, 1, 10)
        (dead,) = pool._ready[FAKE]
        dead.machine.break_with(Failure(FailureKind.APP, "it died"))
        taken = pool.take(FAKE)
        assert taken is not dead and taken.failure() is None
        pool.discard(taken)


def test_a_kind_that_does_not_start_raises_where_it_is_asked_for(make_pool, monkeypatch):
    def refuse(apps, machine, screen, *, warp):
        raise MachineError("no display", kind=FailureKind.START)

    monkeypatch.setattr(pool, "prepare_session", refuse)
    made = make_pool()
    with made.subscribe(FAKE), pytest.raises(MachineError, match="no display"):
        made.take(FAKE)
    assert made.count(FAKE) == (0, 0)


def test_a_closed_pool_hands_out_nothing_and_has_no_threads(make_pool):
    pool = make_pool()
    pool.add(FAKE)
    assert pool.await_ready(FAKE, 1, 10)
    pool.close()
    pool.close()
    assert not any(thread.is_alive() for thread in pool._threads)
    with pytest.raises(MachineError, match="closed"):
        pool.take(FAKE)


def test_the_default_budget_is_a_share_of_the_memory_there_is():
    budget = default_budget()
    assert 0 < budget.memory_mb < pool.available_mb() and budget.starts >= 1


# On real machines --------------------------------------------------------------------------------


def secret_task(seed, text):
    path = "Documents/note.txt"
    return Task(
        app="mousepad",
        template="note",
        seed=seed,
        instruction=text,
        documents=(Document(path, "text", text),),
        open=(path,),
        checks=(Check("text.equals", {"path": path, "text": "x"}),),
        solution=(),
    )


SECRET = "zq7-planted-secret"


def test_no_episode_sees_anything_of_another():
    """A secret goes into the file, the clipboard, the undo history and another file's name."""
    env = DesktopEnv("mousepad", task=secret_task(0, SECRET))
    try:
        env.reset()
        env.reset()  # from the pool from here on
        assert shared_pool().await_ready(key_of(env), 1, 30)
        for action in (
            Action.press("ctrl+a"),
            Action.press("ctrl+c"),
            Action.press("delete"),
            Action.press("ctrl+s"),
        ):
            env.step(action)
        assert env.session.desktop.clipboard() == SECRET
        (env.session.home.root / f"{SECRET}.txt").write_text(SECRET)
        plain = secret_task(1, "nothing here")
        frame, _ = env.reset(options={"task": plain})
        desktop = env.session.desktop
        assert desktop.clipboard() == ""
        assert SECRET not in repr(desktop.accessibility(text=True))
        for path in env.session.home.walk():
            assert SECRET.encode() not in path.encode() + env.session.home.read_bytes(path)
        env.step(Action.press("ctrl+z"))  # there must be nothing to undo
        assert "nothing here" in repr(desktop.accessibility(text=True))
        with DesktopEnv("mousepad", task=plain, warm=False) as fresh:
            untouched, _ = fresh.reset()
        assert np.array_equal(frame["screenshot"], untouched["screenshot"])
    finally:
        env.close()


def key_of(env):
    return Key((env.app.id,), "local", (1280, 720))


@pytest.mark.parametrize("app_id", ["galculator", "mousepad", "libreoffice_calc"])
def test_a_warm_reset_shows_the_same_pixels_as_a_cold_one(app_id):
    with DesktopEnv(app_id) as env:
        frames = [env.reset(seed=4)[0]["screenshot"] for _ in range(3)]
    assert all(np.array_equal(frames[0], frame) for frame in frames[1:])


def test_nothing_is_left_of_a_pool_that_was_used(make_pool, own_folders):
    before, processes = own_folders(), set(descendants(os.getpid()))
    pool = make_pool(wait_sec=60.0)
    with pool.subscribe(REAL):
        session = pool.take(REAL)
        set_up(session, secret_free_task())
        assert pool.await_ready(REAL, 1, 30)
        pool.discard(session)
    pool.close()
    assert own_folders() <= before  # the shared pool may still be ending some of its own
    assert set(descendants(os.getpid())) - processes == set()


def secret_free_task():
    shows = Check("accessibility.text_is_number", {"role": "text", "number": 1.0})
    return Task(
        app="galculator", template="t", seed=0, instruction="", checks=(shows,), solution=()
    )
