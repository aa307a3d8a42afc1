"""The examples that the vendors' documents give of each format, and what must never be believed."""

import json
import sys
from pathlib import Path

import pytest

from gym_anything.action.anthropic_computer import AnthropicComputer
from gym_anything.action.frame import Frame
from gym_anything.action.qwen3 import Qwen3
from gym_anything.action.registry import FORMATS
from gym_anything.records import Action, InvalidAction

SCREEN = Frame((1280, 720), pointer=(9, 8))
PIXELS = Frame((1000, 1000), pointer=(9, 8))  # thousandths and pixels are the same


def qwen(**arguments):
    call = json.dumps({"name": "computer_use", "arguments": arguments})
    return f"<tool_call>\n{call}\n</tool_call>"


def openai(*actions):
    return {"output": [{"type": "reasoning"}, {"type": "computer_call", "actions": list(actions)}]}


def claude(*inputs):
    said = [{"type": "text", "text": "I look."}]
    return {
        "content": said + [{"type": "tool_use", "name": "computer", "input": i} for i in inputs]
    }


QWEN = [
    (qwen(action="left_click", coordinate=[500, 250]), [Action.click(500, 250)]),
    (qwen(action="left_click"), [Action.click(9, 8)]),
    (qwen(action="double_click", coordinate=[5, 6]), [Action.double_click(5, 6)]),
    (qwen(action="triple_click", coordinate=[5, 6]), [Action.triple_click(5, 6)]),
    (qwen(action="right_click", coordinate=[5, 6]), [Action.right_click(5, 6)]),
    (qwen(action="middle_click", coordinate=[5, 6]), [Action.middle_click(5, 6)]),
    (qwen(action="mouse_move", coordinate=[5, 6]), [Action.move(5, 6)]),
    (qwen(action="left_click_drag", coordinate=[50, 60]), [Action.drag(9, 8, 50, 60)]),
    (
        qwen(action="mouse_move", coordinate=[1, 2])
        + qwen(action="left_click_drag", coordinate=[3, 4]),
        [Action.drag(1, 2, 3, 4)],
    ),
    (qwen(action="key", keys=["ctrl", "c"]), [Action.press("ctrl+c")]),
    (qwen(action="key", keys=["Enter"]), [Action.press("enter")]),
    (qwen(action="type", text="ß \"'"), [Action.type("ß \"'")]),
    (qwen(action="scroll", pixels=-500), [Action.scroll_by(9, 8, down=5)]),
    (qwen(action="scroll", pixels=3), [Action.scroll_by(9, 8, down=-1)]),
    (qwen(action="hscroll", pixels=99_999), [Action.scroll_by(9, 8, right=20)]),
    (qwen(action="wait", time=1), [Action.wait(1.0)]),
    (qwen(action="wait", time=60), [Action.wait(2.0)]),
    (qwen(action="terminate", status="success"), [Action.done()]),
    (qwen(action="terminate", status="failure"), [Action.give_up()]),
    (qwen(action="answer", text="42"), [Action.answer("42")]),
    (
        "<think>maybe <tool_call>{}</tool_call></think>\nAction: click.\n"
        + qwen(action="left_click", coordinate=[1, 2])[:-13],  # cut off at the stop word
        [Action.click(1, 2)],
    ),
    (
        {"function": {"name": "computer_use", "arguments": '{"action": "type", "text": "x"}'}},
        [Action.type("x")],
    ),
]
UI_TARS = [
    ("click(start_box='(500,250)')", [Action.click(500, 250)]),
    ("click(start_box='<|box_start|>(500, 250)<|box_end|>')", [Action.click(500, 250)]),
    ("click(point='<point>500 250</point>')", [Action.click(500, 250)]),
    ("click(start_box='[10, 20, 30, 40]')", [Action.click(20, 30)]),
    ("left_double(start_box='(5,6)')", [Action.double_click(5, 6)]),
    ("right_single(start_box='(5,6)')", [Action.right_click(5, 6)]),
    ("drag(start_box='(1,2)', end_box='(3,4)')", [Action.drag(1, 2, 3, 4)]),
    (
        "drag(start_point='<point>1 2</point>', end_point='<point>3 4</point>')",
        [Action.drag(1, 2, 3, 4)],
    ),
    ("scroll(start_box='(80,20)', end_box='(20,80)')", [Action.drag(80, 20, 20, 80)]),
    ("hotkey(key='ctrl c') # Split keys with a space", [Action.press("ctrl+c")]),
    ("hotkey(key='ctrl+shift+s')", [Action.press("ctrl+shift+s")]),
    ("hotkey(key='arrowleft')", [Action.press("left")]),
    ("press(key='space')", [Action.press("space")]),
    ("keydown(key='shift')", [Action.key_down("shift")]),
    ("release(key='shift')", [Action.key_up("shift")]),
    (r"type(content='it\'s \"so\"\n')", [Action.type('it\'s "so"\n')]),
    ("type(content='it's so')", [Action.type("it's so")]),
    ("type(content='f('a', 'b')')", [Action.type("f('a', 'b')")]),
    ('type(content="two\nlines")', [Action.type("two\nlines")]),
    (r"type(content='C:\\temp\d')", [Action.type(r"C:\temp\d")]),
    ("scroll(start_box='(5,6)', direction='down')", [Action.scroll_by(5, 6, down=5)]),
    ("scroll(point='<point>5 6</point>', direction='right')", [Action.scroll_by(5, 6, right=5)]),
    ("scroll(direction='up')", [Action.scroll_by(9, 8, down=-5)]),
    ("wait() #Sleep for 5s", [Action.wait(2.0)]),
    ("finished()", [Action.done()]),
    ("finished(content='42')", [Action.answer("42")]),
    ("call_user() # Submit the task", [Action.give_up()]),
    (
        "click(start_box='(1,2)')\n\ntype(content='Action: x')\n\nhotkey(key='enter')",
        [Action.click(1, 2), Action.type("Action: x"), Action.press("enter")],
    ),
]
OPENAI = [
    ({"type": "click", "x": 5, "y": 6, "button": "left"}, [Action.click(5, 6)]),
    (
        {"type": "click", "x": 5, "y": 6, "button": "wheel", "keys": None},
        [Action.middle_click(5, 6)],
    ),
    (
        {"type": "click", "x": 5, "y": 6, "button": "left", "keys": ["CTRL"]},
        [Action.click(5, 6, keys="ctrl")],
    ),
    ({"type": "double_click", "x": 5, "y": 6, "keys": None}, [Action.double_click(5, 6)]),
    (
        {"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}], "keys": ["SHIFT"]},
        [Action.drag(1, 2, 3, 4, keys="shift")],
    ),
    (
        {"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 5, "y": 6}]},
        [Action.mouse_down(1, 2), Action.move(3, 4), Action.mouse_up(5, 6)],
    ),
    ({"type": "keypress", "keys": ["CTRL", "L"]}, [Action.press("ctrl+l")]),
    ({"type": "keypress", "keys": ["ARROWDOWN"]}, [Action.press("down")]),
    ({"type": "keypress", "keys": ["CMD", "Esc"]}, [Action.press("super+escape")]),
    ({"type": "move", "x": 5, "y": 6}, [Action.move(5, 6)]),
    ({"type": "screenshot"}, [Action.wait()]),
    (
        {"type": "scroll", "x": 5, "y": 6, "scroll_x": 0, "scroll_y": 300},
        [Action.scroll_by(5, 6, down=3)],
    ),
    (
        {"type": "scroll", "x": 5, "y": 6, "scroll_x": -150, "scroll_y": -9, "keys": ["CTRL"]},
        [Action.scroll_by(5, 6, right=-2, down=-1, keys="ctrl")],
    ),
    ({"type": "type", "text": "ß\n"}, [Action.type("ß\n")]),
    ({"type": "wait"}, [Action.wait(2.0)]),
]
ANTHROPIC = [
    ({"action": "screenshot"}, [Action.wait()]),
    ({"action": "cursor_position"}, [Action.wait()]),
    ({"action": "left_click", "coordinate": [5, 6]}, [Action.click(5, 6)]),
    ({"action": "left_click"}, [Action.click(9, 8)]),
    (
        {"action": "left_click", "coordinate": [5, 6], "text": "ctrl"},
        [Action.click(5, 6, keys="ctrl")],
    ),
    ({"action": "right_click", "coordinate": [5, 6]}, [Action.right_click(5, 6)]),
    ({"action": "middle_click", "coordinate": [5, 6]}, [Action.middle_click(5, 6)]),
    ({"action": "double_click", "coordinate": [5, 6]}, [Action.double_click(5, 6)]),
    ({"action": "triple_click", "coordinate": [5, 6]}, [Action.triple_click(5, 6)]),
    ({"action": "mouse_move", "coordinate": [5, 6]}, [Action.move(5, 6)]),
    (
        {"action": "left_click_drag", "start_coordinate": [1, 2], "coordinate": [3, 4]},
        [Action.drag(1, 2, 3, 4)],
    ),
    ({"action": "left_mouse_down"}, [Action.mouse_down(9, 8)]),
    ({"action": "left_mouse_up"}, [Action.mouse_up(9, 8)]),
    ({"action": "type", "text": "Hello, ß"}, [Action.type("Hello, ß")]),
    ({"action": "key", "text": "ctrl+s"}, [Action.press("ctrl+s")]),
    ({"action": "key", "text": "Return"}, [Action.press("enter")]),
    ({"action": "key", "text": "alt+Tab"}, [Action.press("alt+tab")]),
    ({"action": "key", "text": "KP_0"}, [Action.press("kp_0")]),
    ({"action": "key", "text": "ctrl+plus"}, [Action.press("ctrl++")]),
    ({"action": "key", "text": "Down Down Up"}, [*[Action.press("down")] * 2, Action.press("up")]),
    ({"action": "hold_key", "text": "shift", "duration": 1}, [Action.press("shift", 1.0)]),
    ({"action": "wait", "duration": 30}, [Action.wait(2.0)]),
    (
        {"action": "scroll", "coordinate": [5, 6], "scroll_direction": "down", "scroll_amount": 3},
        [Action.scroll_by(5, 6, down=3)],
    ),
    (
        {"action": "scroll", "scroll_direction": "left", "scroll_amount": 99, "text": "shift"},
        [Action.scroll_by(9, 8, right=-20, keys="shift")],
    ),
]
COMPUTER_13 = [
    ({"action_type": "MOVE_TO", "x": 5, "y": 6}, [Action.move(5, 6)]),
    ({"action_type": "CLICK"}, [Action.click(9, 8)]),
    ({"action_type": "CLICK", "parameters": {}}, [Action.click(9, 8)]),
    (
        {"action_type": "CLICK", "button": "right", "x": 5.4, "y": 6, "num_clicks": 2},
        [Action.click(5, 6, "right", 2)],
    ),
    ({"action_type": "MOUSE_DOWN"}, [Action.mouse_down(9, 8)]),
    ({"action_type": "MOUSE_UP", "button": "middle"}, [Action.mouse_up(9, 8, "middle")]),
    ({"action_type": "RIGHT_CLICK", "x": 5, "y": 6}, [Action.right_click(5, 6)]),
    ({"action_type": "DOUBLE_CLICK", "x": 5, "y": 6}, [Action.double_click(5, 6)]),
    ({"action_type": "DRAG_TO", "x": 5, "y": 6}, [Action.drag(9, 8, 5, 6)]),
    ({"action_type": "SCROLL", "dx": 0, "dy": -2}, [Action.scroll_by(9, 8, down=2)]),
    ({"action_type": "SCROLL", "dx": 3, "dy": 2}, [Action.scroll_by(9, 8, right=3, down=-2)]),
    ({"action_type": "TYPING", "text": "it's"}, [Action.type("it's")]),
    ({"action_type": "PRESS", "key": "pgdn"}, [Action.press("page_down")]),
    ({"action_type": "KEY_DOWN", "key": "shift"}, [Action.key_down("shift")]),
    ({"action_type": "KEY_UP", "key": "shift"}, [Action.key_up("shift")]),
    ({"action_type": "HOTKEY", "keys": ["ctrl", "c"]}, [Action.press("ctrl+c")]),
    ({"action_type": "WAIT"}, [Action.wait(2.0)]),
    ("DONE", [Action.done()]),
    ("```\nFAIL\n```", [Action.give_up()]),
    (
        'First:\n```json\n{"action_type": "PRESS", "key": "a"}\n```\nthen\n```json\n"DONE"\n```',
        [Action.press("a"), Action.done()],
    ),
]
PYAUTOGUI = [
    ("pyautogui.click(500, 250)", [Action.click(500, 250)]),
    (
        "pyautogui.click(x=5, y=6, button='right', clicks=2, interval=0.1)",
        [Action.click(5, 6, "right", 2)],
    ),
    ("pyautogui.click()", [Action.click(9, 8)]),
    ("pyautogui.moveTo(5, 6, duration=0.5); pyautogui.click()", [Action.click(5, 6)]),
    ("pyautogui.moveTo(None, 6)", [Action.move(9, 6)]),
    ("pyautogui.move(10, -3)", [Action.move(19, 5)]),
    ("pyautogui.doubleClick(5, 6)", [Action.double_click(5, 6)]),
    ("pyautogui.tripleClick((5, 6))", [Action.triple_click(5, 6)]),
    ("pyautogui.rightClick(5, 6)", [Action.right_click(5, 6)]),
    ("pyautogui.middleClick()", [Action.middle_click(9, 8)]),
    ("pyautogui.dragTo(5, 6, duration=1.0, button='left')", [Action.drag(9, 8, 5, 6)]),
    ("pyautogui.moveTo(1, 2)\npyautogui.dragTo(5, 6)", [Action.drag(1, 2, 5, 6)]),
    ("pyautogui.mouseDown(button='left')", [Action.mouse_down(9, 8)]),
    ("pyautogui.scroll(-10)", [Action.scroll_by(9, 8, down=10)]),
    ("pyautogui.scroll(3, x=5, y=6)", [Action.scroll_by(5, 6, down=-3)]),
    ("pyautogui.hscroll(3, 5, 6)", [Action.scroll_by(5, 6, right=3)]),
    ("pyautogui.typewrite('it\\'s\\n', interval=0.05)", [Action.type("it's\n")]),
    ("pyautogui.write('C:\\dir')", [Action.type("C:\\dir")]),
    ("pyautogui.typewrite(['a', 'enter'])", [Action.press("a"), Action.press("enter")]),
    ("pyautogui.press('tab', presses=3)", [Action.press("tab")] * 3),
    ("pyautogui.press(['left', 'up'])", [Action.press("left"), Action.press("up")]),
    ("pyautogui.hotkey('ctrl', 'shift', 's')", [Action.press("ctrl+shift+s")]),
    ("pyautogui.hotkey(['ctrl', 's'])", [Action.press("ctrl+s")]),
    ("pyautogui.keyDown('shift')", [Action.key_down("shift")]),
    (
        "pyautogui.keyDown('ctrl')\npyautogui.click(5, 6)\npyautogui.keyUp('ctrl')",
        [Action.click(5, 6, keys="ctrl")],
    ),
    (
        "with pyautogui.hold('shift'):\n    pyautogui.click(5, 6)",
        [Action.click(5, 6, keys="shift")],
    ),
    (
        "pyautogui.keyDown('a'); time.sleep(1); pyautogui.keyUp('a')",
        [Action.press("a", 1.0)],
    ),
    (
        "```python\nimport pyautogui\nimport time\n\n# open it\npyautogui.click(5, 6)\n"
        "time.sleep(0.5)\npyautogui.write('x')\n```",
        [Action.click(5, 6), Action.wait(0.5), Action.type("x")],
    ),
    ("I am done.\n```DONE```", [Action.done()]),
    ("FAIL", [Action.give_up()]),
    ("```\nWAIT\n```", [Action.wait(2.0)]),
    ("pyautogui.click(5, 6)\nDONE\npyautogui.click(7, 7)", [Action.click(5, 6), Action.done()]),
]


def check(name, output, actions, frame=PIXELS):
    assert FORMATS[name].parse(output, frame) == tuple(actions)


@pytest.mark.parametrize(("output", "actions"), QWEN, ids=lambda part: str(part)[:70])
def test_qwen_examples(output, actions):
    check("qwen3-vl", output, actions)


def test_qwen25_speaks_of_pixels_of_the_resized_image():
    output = qwen(action="left_click", coordinate=[644, 364])
    check("qwen2.5-vl", output, [Action.click(640, 360)], SCREEN)
    small = Frame((1280, 720), image=(640, 360))  # resized to 644x364
    check(
        "qwen2.5-vl",
        qwen(action="left_click", coordinate=[322, 182]),
        [Action.click(640, 360)],
        small,
    )


def test_qwen3_may_be_read_as_0_to_999():
    output = qwen(action="left_click", coordinate=[999, 999])
    assert Qwen3().parse(output, SCREEN) == (Action.click(1279, 719),)
    assert Qwen3(span=999).parse(output, SCREEN) == (Action.click(1279, 719),)
    half = qwen(action="left_click", coordinate=[500, 500])
    assert Qwen3().parse(half, SCREEN) == (Action.click(640, 360),)
    assert Qwen3(span=999).parse(half, SCREEN) == (Action.click(641, 360),)


@pytest.mark.parametrize(("call", "actions"), UI_TARS, ids=lambda part: str(part)[:70])
def test_ui_tars_examples(call, actions):
    square = Frame((1008, 1008), pointer=(9, 8))  # 36 times 28: not resized
    check("ui-tars-1.5", f"Thought: I see. Action: soon.\nAction: {call}", actions, square)
    check("ui-tars-1.5", f"Action: {call}\n", actions, square)


@pytest.mark.parametrize(("action", "actions"), OPENAI, ids=lambda part: str(part)[:70])
def test_openai_examples(action, actions):
    check("openai", openai(action), actions)
    check("openai", json.dumps(action), actions)
    check("openai", {"type": "computer_call", "action": action}, actions)  # the older preview


def test_openai_batches_and_last_messages():
    batch = openai(
        {"type": "click", "x": 1, "y": 2, "button": "left"}, {"type": "type", "text": "x"}
    )
    check("openai", batch, [Action.click(1, 2), Action.type("x")])
    for text, end in (
        ("DONE", Action.done()),
        ("infeasible.", Action.give_up()),
        ("42", Action.answer("42")),
    ):
        message = {"type": "message", "content": [{"type": "output_text", "text": text}]}
        check("openai", {"output": [message]}, [end])
    refusal = {"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}
    check("openai", [refusal], [Action.give_up()])
    back = openai({"type": "click", "x": 1, "y": 2, "button": "back"})
    assert "button" in FORMATS["openai"].parse(back, PIXELS).reason


@pytest.mark.parametrize("version", ["20250124", "20251124"])
@pytest.mark.parametrize(("call", "actions"), ANTHROPIC, ids=lambda part: str(part)[:70])
def test_anthropic_examples(version, call, actions):
    check(f"anthropic-{version}", claude(call), actions)
    check(f"anthropic-{version}", json.dumps(call), actions)


def test_anthropic_coordinates_are_those_of_the_image_sent():
    frame = Frame((1920, 1080), image=(1280, 720))
    output = claude({"action": "left_click", "coordinate": [640, 360]})
    check("anthropic-20250124", output, [Action.click(960, 540)], frame)
    tool = FORMATS["anthropic-20250124"].tools(frame)[0]
    assert (tool["display_width_px"], tool["display_height_px"]) == (1280, 720)


def test_anthropic_text_without_a_call_is_the_end():
    for text, end in (
        ("Done.", Action.done()),
        ("INFEASIBLE", Action.give_up()),
        ("42", Action.answer("42")),
    ):
        check("anthropic-20251124", [{"type": "text", "text": text}], [end])


def test_a_zoom_looks_at_a_region_in_the_later_version_only():
    frame = Frame((1920, 1080), image=(1280, 720))
    zoom = claude({"action": "zoom", "region": [0, 10, 640, 720]})
    later, earlier = AnthropicComputer("20251124"), AnthropicComputer("20250124")
    assert later.zoom_region(zoom, frame) == (0, 15, 961, 1080)
    assert later.parse(zoom, frame) == (Action.wait(),)
    assert later.tools(frame)[0]["enable_zoom"] is True
    assert earlier.zoom_region(zoom, frame) is None
    assert isinstance(earlier.parse(zoom, frame), InvalidAction)
    assert later.zoom_region(claude({"action": "screenshot"}), frame) is None
    for region in (None, [1, 2, 3], [5, 5, 1, 1], [0, 0, 9999, 5], ["a", 1, 2, 3]):
        bad = claude({"action": "zoom", "region": region})
        assert later.zoom_region(bad, frame) is None
        assert isinstance(later.parse(bad, frame), InvalidAction)


@pytest.mark.parametrize(("output", "actions"), COMPUTER_13, ids=lambda part: str(part)[:70])
def test_computer_13_examples(output, actions):
    check("computer_13", output, actions)
    if isinstance(output, dict):
        check("computer_13", f"```json\n{json.dumps(output)}\n```", actions)


@pytest.mark.parametrize(("code", "actions"), PYAUTOGUI, ids=lambda part: str(part)[:70])
def test_pyautogui_examples(code, actions):
    check("pyautogui", code, actions)


REFUSED = (
    "__import__('os').system({!r})",
    "import os; os.system({!r})",
    "from os import system; system({!r})",
    "import pyautogui as os",
    "open({!r}, 'w')",
    "eval('open({!r}, chr(119))')",
    "exec('open({!r}, chr(119))')",
    "pyautogui.click(open({!r}, 'w'), 1)",
    "pyautogui.write(f'{{open({!r}, chr(119))}}')",
    "pyautogui.write([open(x, 'w') for x in [{!r}]])",
    "pyautogui.screenshot({!r})",
    "pyautogui.run({!r})",
    "pyautogui.click.__globals__[{!r}]",
    "pyautogui.__builtins__['open']({!r}, 'w')",
    "time.sleep.__self__({!r})",
    "x = {!r}",
    "for _ in range(3): pyautogui.click(1, 2)",
    "def f(): open({!r})",
    "lambda: open({!r})",
    "pyautogui.click(1, 2) if open({!r}, 'w') else 0",
    "while True: pass",
    "class A: pyautogui.click(1, 2)",
    "with open({!r}, 'w'): pyautogui.click(1, 2)",
    "with pyautogui.hold('a') as x: pyautogui.click(1, 2)",
    "@pyautogui.click\ndef f(): pass",
    "assert open({!r}, 'w')",
    "pyautogui.click(*[1, 2])",
    "pyautogui.click(**{{'x': 1}})",
    "pyautogui.click(1 + 1, 2)",
    "pyautogui.click(True, 2)",
    "pyautogui.click(b'1', 2)",
    "pyautogui.click(1j, 2)",
    "pyautogui.click(1, 2, 3, 4, 5, 6, 7)",
    "pyautogui.click(1, 2, x=3)",
    "pyautogui.click(1, 2, clicks=4)",
    "pyautogui.click(1, 2, speed=4)",
    "pyautogui.click('button.png')",
    "pyautogui.press('a', presses=10**9)",
    "pyautogui.press('a', presses=1000000000)",
    "pyautogui.press('nokey')",
    "pyautogui.hotkey('a', 'b', 'c', 'd', 'e')",
    "pyautogui.scroll('up')",
    "pyautogui.moveTo()",
    "time.sleep(-1)",
    "time.time()",
    "click(1, 2)",
    "os.pyautogui.click(1, 2)",
)


@pytest.mark.parametrize("code", REFUSED)
def test_code_beyond_the_allowed_calls_is_refused_and_never_run(code, tmp_path):
    target = tmp_path / "ran"
    before = set(sys.modules)
    parsed = FORMATS["pyautogui"].parse(code.format(str(target)), PIXELS)
    assert isinstance(parsed, InvalidAction)
    assert not target.exists() and not any(tmp_path.iterdir())
    assert "pyautogui" not in set(sys.modules) - before


def test_one_call_that_is_refused_makes_the_whole_output_invalid():
    code = "pyautogui.click(1, 2)\nopen('x', 'w')"
    assert isinstance(FORMATS["pyautogui"].parse(code, PIXELS), InvalidAction)


def test_no_module_of_the_formats_can_run_code():
    folder = Path(__file__).parents[2] / "gym_anything" / "action"
    for path in folder.glob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not any(word in code for word in ("eval(", "exec(", "__import__", "subprocess"))


def test_without_the_pointer_an_action_at_it_is_invalid():
    nowhere = Frame((1000, 1000))
    for name, output in (
        ("pyautogui", "pyautogui.click()"),
        ("qwen3-vl", qwen(action="scroll", pixels=100)),
        ("computer_13", {"action_type": "DRAG_TO", "x": 5, "y": 6}),
        ("anthropic-20250124", claude({"action": "left_click"})),
        ("ui-tars-1.5", "Action: scroll(direction='up')"),
    ):
        assert "pointer" in FORMATS[name].parse(output, nowhere).reason
