"""Session: one machine with its desktop, applications open and a task's documents in place.

The assembly point of app, machine and desktop; env receives it whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from gym_anything.app import App, load_app
from gym_anything.closing import Closing
from gym_anything.desktop.desktop import Desktop
from gym_anything.desktop.fake import FakeDesktop
from gym_anything.desktop.settle import SettlePolicy
from gym_anything.documents.home import Home
from gym_anything.documents.writers import render
from gym_anything.errors import MachineError, TaskError, did_you_mean
from gym_anything.install import packages_of
from gym_anything.machine.base import HOME_INSIDE, Machine, MachineSpec
from gym_anything.machine.docker import DockerMachine
from gym_anything.machine.fake import FakeMachine
from gym_anything.machine.image import ensure_image
from gym_anything.machine.local import LocalMachine
from gym_anything.profiles import home_templates
from gym_anything.records import Failure, FailureKind
from gym_anything.task import Document, Task

MACHINES = ("local", "docker", "fake")


@dataclass
class Session(Closing):
    """What an episode runs on. Use it as a context manager; `close()` twice is harmless.

    Attributes:
        apps: the applications, the task's own first.
        machine: where their processes run.
        desktop: what is seen and done.
        home: reader of the user's files.
        initial: bytes of the documents as written, by path.
        programs: handles of the applications' processes, by application id.
        ready_by: latest `time.monotonic()` at which the applications must be ready.
        warp: whether the applications' clocks run faster, by their `Timers.warp`.
    """

    apps: tuple[App, ...]
    machine: Machine
    desktop: Desktop | FakeDesktop
    home: Home
    initial: Mapping[str, bytes] = field(default_factory=dict)
    programs: dict[str, int] = field(default_factory=dict)
    ready_by: float = math.inf
    warp: bool = False

    def failure(self) -> Failure | None:
        """What is broken, None while all is well.

        An application that the agent quits ends with status 0, which is no failure.
        """
        broken = self.machine.failure()
        if broken is not None:
            return broken
        for app_id, handle in self.programs.items():
            code = self.machine.exit_code(handle)
            if code:
                if not self._display_answers():  # then the application died of that
                    lost = Failure(FailureKind.DISPLAY, "the X server is gone", self.machine.log())
                    return self.machine.failure() or lost
                message = f"{app_id} ended with status {code}"
                return Failure(FailureKind.APP, message, self.machine.log())
        return None

    def _display_answers(self) -> bool:
        try:
            self.desktop.windows()
        except MachineError:
            return False
        return True

    def close(self) -> None:
        """End the machine and leave the desktop."""
        self.desktop.close()
        self.machine.close()


def open_session(
    task: Task,
    machine: str = "local",
    screen: tuple[int, int] = (1280, 720),
    ready_by: float = math.inf,
    warp: bool = False,
) -> Session:
    """Start a machine, write a task's documents, open them in their application, wait until still.

    Args:
        task: whose documents and applications.
        machine: of `MACHINES`.
        screen: (width, height) in pixels.
        ready_by: latest `time.monotonic()` at which that must be done.
        warp: whether the applications' clocks run faster.

    Raises:
        AppError: an application is not installed.
        TaskError: a document of the task cannot be made.
        MachineError: the machine or an application did not come up; everything is cleaned up.
    """
    session = prepare_session(apps_of(task), machine, screen, ready_by, warp=warp)
    try:
        set_up(session, task)
    except BaseException:
        session.close()
        raise
    return session


def prepare_session(
    apps: Sequence[App],
    machine: str,
    screen: tuple[int, int],
    ready_by: float = math.inf,
    *,
    warp: bool = False,
) -> Session:
    """Do whatever can be done before the task is known; `set_up` does the rest.

    An application is opened without a document if it can be handed one later, or takes none. The
    way to a desktop is the same whether this was done ahead of time or not, and so are its pixels.

    Raises:
        AppError: an application is not installed.
        MachineError: the machine or an application did not come up; everything is cleaned up.
    """
    started = start_machine(apps, machine, screen)
    try:
        session = Session(
            tuple(apps), started, connect(started, apps, warp=warp), Home(started.home)
        )
    except BaseException:
        started.close()
        raise
    session.ready_by, session.warp = ready_by, warp
    try:
        for app in reversed(session.apps):
            if app.launch.open or not app.file_kinds:
                launch(session, app, ())
    except BaseException:
        session.close()
        raise
    return session


def set_up(session: Session, task: Task) -> None:
    """Write a task's documents into a session of its applications, open them, wait until still.

    Raises:
        TaskError: a document of the task cannot be made.
        MachineError: an application did not come up or did not open its documents.
    """
    session.initial = {document.path: _render(task, document) for document in task.documents}
    for path, data in session.initial.items():
        session.home.write_bytes(path, data, owner=session.machine.owner)
    late = False
    for app in reversed(session.apps):  # the task's own application comes last and has the focus
        documents = [path for path in task.open if _opener(path, session.apps) is app]
        if app.id not in session.programs:
            launch(session, app, documents)
        elif documents:
            hand_over(session, app, documents)
            late = app is not session.apps[0]
    if late:
        _focus(session, session.apps[0])


def apps_of(task: Task) -> tuple[App, ...]:
    """The applications of a task, its own first.

    Raises:
        AppError: there is no such application.
    """
    return tuple(load_app(app_id) for app_id in (task.app, *task.companions))


def _opener(path: str, apps: Sequence[App]) -> App:
    """The application that opens a document: the first that works on its kind, else the first."""
    suffix = PurePosixPath(path).suffix
    return next((app for app in apps if suffix in app.file_kinds), apps[0])


def _render(task: Task, document: Document) -> bytes:
    try:
        return render(document)
    except TaskError as error:
        raise TaskError(f"task {task.id}: documents: {document.path}: {error}") from error


def start_machine(apps: Sequence[App], machine: str, screen: tuple[int, int]) -> Machine:
    """Start a machine that the applications can run in.

    Raises:
        AppError: an application is not installed; where machines have an image, that has it.
        MachineError: it did not come up.
    """
    if machine == "fake":
        return FakeMachine(MachineSpec(screen=screen))
    if machine not in MACHINES:
        raise ValueError(did_you_mean("machine", machine, MACHINES))
    image = ""
    start: Callable[[MachineSpec], Machine] = LocalMachine
    if machine == "docker":
        image = ensure_image(packages_of(apps))
        start = partial(DockerMachine, image=image)
    else:
        for app in apps:
            app.require_installed()
    env = {key: value for app in apps for key, value in app.launch.env.items()}
    templates = tuple(folder for app in apps for folder in home_templates(app, start, image))
    maximize = len(apps) == 1 and apps[0].launch.maximize
    return start(MachineSpec(screen=screen, env=env, home_templates=templates, maximize=maximize))


def connect(machine: Machine, apps: Sequence[App], *, warp: bool = False) -> Desktop | FakeDesktop:
    """The desktop of a machine that runs the applications, its pointer out of the way."""
    if isinstance(machine, FakeMachine):
        return FakeDesktop(machine, {app.command(())[0]: app.title for app in apps})
    same_key_ms = max(
        app.timers.same_key_ms / (app.timers.warp if warp and app.timers.warp else 1)
        for app in apps
    )
    desktop = Desktop.connect(
        machine.run,
        machine.cpu_time_ns,
        same_key_sec=same_key_ms / 1000,
        runnable=machine.runnable,
    )
    desktop.park_pointer()
    return desktop


def launch(session: Session, app: App, documents: Sequence[str]) -> None:
    """Open an application and wait until it is ready.

    Args:
        session: where.
        app: which.
        documents: paths relative to home.

    Raises:
        MachineError: no window in time, or the application ended; with its last output.
    """
    session.programs[app.id] = _spawn(session, app, app.command(_inside(documents)))
    _await_ready(session, app, documents)


def hand_over(session: Session, app: App, documents: Sequence[str]) -> None:
    """Have an application that is already open open documents; arguments as `launch`.

    Raises:
        MachineError: no window of theirs in time, or the application ended; with its last output.
    """
    _spawn(session, app, (*app.launch.open, *_inside(documents)))
    _await_ready(session, app, documents)


def _inside(documents: Sequence[str]) -> list[str]:
    return [str(PurePosixPath(HOME_INSIDE) / path) for path in documents]


def _spawn(session: Session, app: App, command: Sequence[str]) -> int:
    env = {**app.launch.env, **(app.timers.warped() if session.warp else {})}
    return session.machine.spawn(command, env)


def _await_ready(session: Session, app: App, documents: Sequence[str]) -> None:
    deadline = min(time.monotonic() + app.ready.timeout_sec, session.ready_by)
    pattern = app.ready.pattern(documents[-1] if documents else None)
    while not session.desktop.shows(pattern):
        _require_living(session, app, session.programs[app.id])
        if time.monotonic() > deadline:
            titles = [window.title for window in session.desktop.windows()]
            raise MachineError(
                f"{app.title}: no window titled /{pattern.pattern}/ in time "
                f"(at most {app.ready.timeout_sec:g} s); there are {titles}",
                kind=FailureKind.START,
                log=session.machine.log(),
            )
        session.desktop.await_change(0.25)
    left_ms = max(1000.0, (deadline - time.monotonic()) * 1000)
    session.desktop.settle(SettlePolicy(quiet_ms=app.ready.quiet_ms, deadline_ms=left_ms))
    silent = session.desktop.unanswered()
    if silent is not None:
        raise MachineError(
            f"{app.title}: its window {silent!r} does not answer",
            kind=FailureKind.START,
            log=session.machine.log(),
        )


def _focus(session: Session, app: App) -> None:
    pattern = app.ready.pattern(None)
    windows = [window for window in session.desktop.windows() if pattern.search(window.title)]
    if windows:
        session.desktop.activate(windows[-1].xid)
        session.desktop.settle()


def _require_living(session: Session, app: App, handle: int) -> None:
    broken = session.machine.failure()
    if broken is not None:
        raise MachineError(broken.message, kind=broken.kind, log=broken.log)
    code = session.machine.exit_code(handle)
    if code is not None:
        raise MachineError(
            f"{app.title} ended with status {code} before it showed a window",
            kind=FailureKind.START,
            log=session.machine.log(),
        )
