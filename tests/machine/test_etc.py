"""What the machine's own files under /etc have applications leave out."""

from gym_anything.env import DesktopEnv
from gym_anything.records import Action

BLINK_SEC = 1.0  # Qt's cursor is there and gone for half of it each
FRAME_PX = 3  # of a field


def test_the_text_cursor_of_qt_does_not_blink():
    with DesktopEnv("librecad", warm=False) as env:
        env.reset(seed=0)
        desktop = env.session.desktop
        fields = [n.extents for n in desktop.accessibility() if n.role == "text" and n.extents]
        left, top, width, height = max(fields, key=lambda extents: extents[1])  # the command line
        env.step(Action.click(left + width // 2, top + height // 2))
        frame = env.step(Action.move(1279, 719))[0]["screenshot"]  # where it raises no tooltip
        inside = frame[top + FRAME_PX : top + height - FRAME_PX, left : left + width]
        assert (inside.max(axis=2) < 80).any(), "no cursor in the command line"
        assert not desktop.await_change(BLINK_SEC)
