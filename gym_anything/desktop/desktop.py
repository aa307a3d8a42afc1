"""Desktop: what an agent sees of a machine and does to it. After machine in the flow, before env.

It works over the machine's `run/` folder alone, so it is the same for every kind of machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gym_anything.closing import Closing
from gym_anything.desktop import windows
from gym_anything.desktop.accessibility import Accessibility
from gym_anything.desktop.clipboard import Clipboard, Selection
from gym_anything.desktop.connection import Connection
from gym_anything.desktop.framebuffer import Framebuffer
from gym_anything.desktop.keyboard import Keyboard, keysym
from gym_anything.desktop.pointer import Pointer
from gym_anything.desktop.settle import SAFE, SettlePolicy, Settler
from gym_anything.errors import MachineError
from gym_anything.machine.base import RUN_INSIDE
from gym_anything.records import ENDING_VERBS, Action, Node, Settle, Verb, Window
from gym_anything.task import Target

BACKGROUND = 0x3B4252
_BUS_ADDRESS = f"unix:path={RUN_INSIDE}/bus"  # Qt 5 looks for it at the root window only


class Desktop(Closing):
    """The screen, pointer and keyboard of one machine. `close()` twice is harmless.

    Example:
        with Desktop.connect(machine.run, machine.cpu_time_ns) as desktop:
            settle = desktop.step(Action.click(100, 100))
            pixels = desktop.screenshot()

    Attributes:
        size: (width, height) of the screen in pixels.
    """

    def __init__(
        self,
        connection: Connection,
        framebuffer: Framebuffer,
        cpu_time_ns: Callable[[], int],
        bus_path: Path,
        same_key_sec: float = 0.0,
        runnable: Callable[[], bool] = lambda: False,
    ) -> None:
        """Join the parts; `connect` makes them. The desktop closes what it is given."""
        self._bus_path = bus_path
        self._accessibility: Accessibility | None = None
        self._connection = connection
        self._framebuffer = framebuffer
        self._settler = Settler(connection, cpu_time_ns, runnable)
        self._keyboard = Keyboard(connection, self._settler.catch_up, same_key_sec)
        self._pointer = Pointer(connection, self._settler.catch_up)
        self._clipboard = Clipboard(connection)
        self.size = framebuffer.size

    @classmethod
    def connect(
        cls,
        run: Path,
        cpu_time_ns: Callable[[], int],
        timeout_sec: float = 5.0,
        same_key_sec: float = 0.0,
        runnable: Callable[[], bool] = lambda: False,
    ) -> Desktop:
        """Connect to a machine whose X server is up, and paint its background.

        Args:
            run: the machine's `run/` folder.
            cpu_time_ns: CPU time of the whole machine up to now, in nanoseconds.
            timeout_sec: deadline of every answer of the X server.
            same_key_sec: least time between two presses of the same key; see `Keyboard`.
            runnable: whether a thread of the machine runs or waits for a processor or disk.

        Raises:
            MachineError: no X server or framebuffer there, or it does not answer.
        """
        connection = Connection(run / "x11" / "X0", timeout_sec)
        try:
            framebuffer = Framebuffer(run / "fb" / "Xvfb_screen0")
        except MachineError:
            connection.close()
            raise
        try:
            if framebuffer.size != connection.size:
                raise MachineError(
                    f"the framebuffer is {framebuffer.size}, the screen {connection.size}",
                    kind="display",
                )
            connection.set_background(BACKGROUND)
            connection.set_root_text("AT_SPI_BUS", _BUS_ADDRESS)
            return cls(connection, framebuffer, cpu_time_ns, run / "bus", same_key_sec, runnable)
        except MachineError:
            framebuffer.close()
            connection.close()
            raise

    def screenshot(self, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
        """Copy the screen, pointer included.

        Args:
            out: (H, W, 3) uint8, C-contiguous, to be filled; None for a new array.

        Returns:
            (H, W, 3) uint8, RGB.

        Raises:
            ValueError: `out` has another shape, type or layout.
            MachineError: the desktop is closed.
        """
        return self._framebuffer.read(out)

    def step(self, action: Action, policy: SettlePolicy = SAFE) -> Settle:
        """Perform an action and wait until the desktop is still.

        Raises:
            ValueError: as `perform`.
            MachineError: as `perform`.
        """
        self._begin(action)
        return self._settler.wait(policy, action.verb)

    def step_and_look(
        self,
        action: Action,
        policy: SettlePolicy = SAFE,
        out: NDArray[np.uint8] | None = None,
    ) -> tuple[Settle, NDArray[np.uint8] | None]:
        """Perform an action, wait until the desktop is still, and read the screen meanwhile.

        The screen is read while its stillness is waited out, and counts if nothing has happened
        since: neither pixels nor CPU time moved.

        Args:
            action: what to do.
            policy: what counts as settled.
            out: as of `screenshot`.

        Returns:
            How it settled, and what `screenshot` would return now, None if it must be asked.

        Raises:
            ValueError: as `perform`, and of `screenshot`.
            MachineError: as `perform`.
        """
        self._begin(action)
        frame = out

        def look() -> None:
            nonlocal frame
            frame = self.screenshot(frame)

        settle = self._settler.wait(policy, action.verb, look)
        return settle, frame if self._settler.looked else None

    def _begin(self, action: Action) -> None:
        """Send an action's input so that none of its effects is missed."""
        self.check(action)
        self._settler.arm()
        self._perform(action)

    def settle(self, policy: SettlePolicy = SAFE) -> Settle:
        """Wait until the desktop is still, whatever it is that moves it.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        self._settler.arm()
        return self._settler.wait(policy)

    def unanswered(self) -> str | None:
        """Title of the window that had not answered a ping when the last wait ended, else None.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        asked = self._settler.unanswered
        return next((window.title for window in self.windows() if window.xid == asked), None)

    def await_change(self, timeout_sec: float) -> bool:
        """Wait until pixels change; a change since the last wait of any kind counts at once.

        Args:
            timeout_sec: how long at most.

        Returns:
            False if nothing changed in that time.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        return self._settler.await_change(timeout_sec)

    def check(self, action: Action) -> None:
        """Raise ValueError for an action that this desktop cannot perform.

        Raises:
            ValueError: the action ends the episode, is off screen, or types an untypable character.
        """
        if action.verb in ENDING_VERBS:
            raise ValueError(f"{action.verb.value!r} ends an episode; a desktop cannot perform it")
        action.check_on_screen(self.size)
        if action.verb is Verb.TYPE:
            for character in action.text.replace("\r", "\n"):
                keysym(character)

    def perform(self, action: Action) -> None:
        """Send an action's input, and return without waiting for what it does.

        Raises:
            ValueError: see `check`; nothing has been sent.
            MachineError: the X server is gone, or the application does not read its input.
        """
        self.check(action)
        self._perform(action)

    def _perform(self, action: Action) -> None:
        match action.verb:
            case Verb.WAIT:
                self._connection.idle(action.duration_sec)
            case Verb.TYPE:
                self._keyboard.type(action.text)
            case Verb.PRESS:
                self._keyboard.press(action.keys, action.duration_sec)
            case Verb.KEY_DOWN:
                self._keyboard.down(action.keys)
            case Verb.KEY_UP:
                self._keyboard.up(action.keys)
            case _:
                self._perform_pointer(action)

    def _perform_pointer(self, action: Action) -> None:
        pointer, point = self._pointer, action.point
        match action.verb:
            case Verb.MOVE:
                pointer.move(point)
            case Verb.MOUSE_DOWN:
                pointer.down(point, action.button)
            case Verb.MOUSE_UP:
                pointer.up(point, action.button)
            case Verb.CLICK:
                with self._keyboard.holding(action.keys):
                    pointer.click(point, action.button, action.count)
            case Verb.DRAG:
                with self._keyboard.holding(action.keys):
                    pointer.drag(point, action.end, action.button)
            case Verb.SCROLL:
                with self._keyboard.holding(action.keys):
                    pointer.scroll(point, *action.scroll)

    def windows(self) -> tuple[Window, ...]:
        """Top-level windows in stacking order from below.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        return windows.list_windows(self._connection)

    def accessibility(self, text: bool = False) -> tuple[Node, ...]:
        """Widgets of every application, depth-first.

        Args:
            text: also read the text, or the value of a slider and the like, of what is on screen.

        Raises:
            MachineError: the accessibility bus is gone or does not answer.
        """
        return self._widgets().tree(text=text).nodes

    def shows(self, title: re.Pattern[str]) -> bool:
        """Whether a window has a title that contains the expression.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        return any(title.search(window.title) for window in self.windows())

    def locate(self, target: Target, *, greyed: bool = False) -> tuple[int, int, int, int] | None:
        """Extents in screen pixels of a widget or cell, None if it is not on screen now.

        Args:
            target: which.
            greyed: whether a control that is greyed out will do.

        Raises:
            ValueError: `target.cell` is not an address.
            MachineError: the accessibility bus is gone or does not answer.
        """
        return self._widgets().locate(target, greyed=greyed)

    def _widgets(self) -> Accessibility:
        if self._accessibility is None:
            accessibility = Accessibility(self._bus_path)
            accessibility.start()
            self._accessibility = accessibility
        return self._accessibility

    def activate(self, xid: int) -> None:
        """Ask the window manager to raise a window and give it the focus.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        windows.activate(self._connection, xid)

    def maximise(self, xid: int) -> None:
        """Ask the window manager to fill the screen with a window.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        windows.maximise(self._connection, xid)

    def close_window(self, xid: int) -> None:
        """Ask a window to close, as its close button does; it may ask back.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        windows.close(self._connection, xid)

    def clipboard(self, selection: Selection = "CLIPBOARD") -> str:
        """Text that an application offers: what was copied, or what is selected (PRIMARY).

        Returns:
            The text, cut off at 1 MiB; "" if there is none.

        Raises:
            MachineError: the X server is gone, or the owner does not answer.
        """
        return self._clipboard.read(selection)

    def park_pointer(self) -> None:
        """Put the pointer into the bottom right corner, where it raises no tooltip.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        self._pointer.move((self.size[0] - 1, self.size[1] - 1))

    def release_all(self) -> None:
        """Release every key and button that an action has left down.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        self._keyboard.release_all()
        self._pointer.release_all()
        self._connection.sync()

    def close(self) -> None:
        """Disconnect and unmap the framebuffer. Twice is harmless."""
        if self._accessibility is not None:
            self._accessibility.close()
        self._connection.close()
        self._framebuffer.close()
