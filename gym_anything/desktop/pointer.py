"""Pointer: moves, clicks, drags and the wheel, as events of the X server's own pointer.

Clicks of one action are spaced so that toolkits count them together. Two separate clicks at one
place count as a double click too if the second comes within the toolkit's double-click time (GTK
here: 0.15 s, and within 5 pixels), as those of a quick hand do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from gym_anything.desktop.connection import Connection, Fake
from gym_anything.records import Button, Point

_NUMBERS = {Button.LEFT: 1, Button.MIDDLE: 2, Button.RIGHT: 3}
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 4, 5, 6, 7
_BETWEEN_CLICKS_MS = 12  # a double click must come at rising times; any toolkit allows 200 ms
_STEP_PX = 24  # between the motion events of a drag
_MAX_MOTIONS = 24
_START_PX = 4  # the first motions of a drag are small, as a hand's are
_BEGINNING = 3  # of these: 12 pixels, more than any toolkit's threshold of a drag
_MOTION_MS = 2


class Pointer:
    """The pointer of a display. Points are screen pixels."""

    def __init__(self, connection: Connection, catch_up: Callable[[], None]) -> None:
        """Make one.

        Args:
            connection: the display.
            catch_up: returns once the application has dealt with all input sent so far; raises
                MachineError if it does not.
        """
        self._connection = connection
        self._catch_up = catch_up
        self._down: list[Button] = []  # oldest first

    @property
    def held(self) -> tuple[Button, ...]:
        """Buttons that are down, oldest first."""
        return tuple(self._down)

    def move(self, point: Point) -> None:
        """Move to `point`: at once, or by many small motions while a button is down.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        if self._down:
            x, y, _ = self._connection.pointer()
            self._glide((x, y), point)
        else:
            self._jump(point)
        self._connection.flush()

    def click(self, point: Point, button: Button = Button.LEFT, count: int = 1) -> None:
        """Click `count` times at `point`.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        number = _NUMBERS[button]
        self._jump(point)
        for index in range(count):
            delay_ms = _BETWEEN_CLICKS_MS if index else 0
            self._connection.fake(Fake.BUTTON_PRESS, number, delay_ms=delay_ms)
            self._connection.fake(Fake.BUTTON_RELEASE, number)
        self._connection.flush()

    def drag(self, start: Point, end: Point, button: Button = Button.LEFT) -> None:
        """Press at `start`, move to `end`, release.

        The application takes in the beginning before the rest, and all of it before the release: a
        drag-and-drop is a conversation, and a release that comes too soon cancels it.

        Raises:
            MachineError: the server is gone, or the application does not read its input.
        """
        begun = glide_points(start, end)[:_BEGINNING]
        self.down(start, button)
        self._motions(begun)
        self._catch_up()
        self._glide(begun[-1], end)
        self.up(end, button)

    def down(self, point: Point, button: Button = Button.LEFT) -> None:
        """Press a button at `point` and keep it down; one that is down already stays so.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        self.move(point)
        if button not in self._down:
            self._down.append(button)
            self._connection.fake(Fake.BUTTON_PRESS, _NUMBERS[button])
        self._connection.flush()

    def up(self, point: Point, button: Button = Button.LEFT) -> None:
        """Move to `point` and release a button; one that is not down is left alone.

        Raises:
            MachineError: the server is gone, or the application does not read its input.
        """
        self.move(point)
        if button in self._down:
            self._catch_up()
            self._down.remove(button)
            self._connection.fake(Fake.BUTTON_RELEASE, _NUMBERS[button])
        self._connection.flush()

    def scroll(self, point: Point, right: int, down: int) -> None:
        """Turn the wheel at `point`.

        Args:
            point: where.
            right: notches to the right, negative for left.
            down: notches down, negative for up.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        self._jump(point)
        vertical = _WHEEL_DOWN if down > 0 else _WHEEL_UP
        horizontal = _WHEEL_RIGHT if right > 0 else _WHEEL_LEFT
        for number in [vertical] * abs(down) + [horizontal] * abs(right):
            self._connection.fake(Fake.BUTTON_PRESS, number)
            self._connection.fake(Fake.BUTTON_RELEASE, number)
        self._connection.flush()

    def release_all(self) -> None:
        """Release every button that is down, where the pointer is.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        while self._down:
            self._connection.fake(Fake.BUTTON_RELEASE, _NUMBERS[self._down.pop()])
        self._connection.flush()

    def _jump(self, point: Point) -> None:
        self._connection.fake(Fake.MOTION, 0, *point)

    def _glide(self, start: Point, end: Point) -> None:
        self._motions(glide_points(start, end))

    def _motions(self, points: Sequence[Point]) -> None:
        for x, y in points:
            self._connection.fake(Fake.MOTION, 0, x, y, delay_ms=_MOTION_MS)


def glide_points(start: Point, end: Point) -> list[Point]:
    """Points of a drag after its start: short steps, even steps, the end.

    Returns:
        At least two points, in order; the last is `end`, the one before it beside `end`, so that
        the end is seen as a motion even where the drag is short.
    """
    length = math.dist(start, end)
    far = max(length, 1.0)
    steps = min(_MAX_MOTIONS, max(1, math.ceil(length / _STEP_PX)))
    fractions = [_START_PX * n / far for n in range(1, _BEGINNING + 1) if _START_PX * n < length]
    fractions += [n / steps for n in range(1, steps) if n / steps > max(fractions, default=0.0)]
    fractions.append(max(0.0, 1 - 1 / far))
    points = [
        (
            round(start[0] + (end[0] - start[0]) * fraction),
            round(start[1] + (end[1] - start[1]) * fraction),
        )
        for fraction in fractions
    ]
    return [*points, end]
