"""What holds for every action format: it comes back, and nothing that a model writes breaks it."""

import json
import pickle
import random

import jsonschema
import pytest

from gym_anything.action import computer_13
from gym_anything.action.base import actions_or_raise
from gym_anything.action.frame import Frame
from gym_anything.action.registry import FORMATS, action_format
from gym_anything.errors import ActionFormatError, AgentError, ConfigError
from gym_anything.records import Action, InvalidAction, OnInvalid, Verb
from tests.action.conftest import FRAMES, grid_of, some_action

POINTER = {Verb.MOVE, Verb.CLICK, Verb.DRAG, Verb.SCROLL}
BOTH = {Verb.TYPE, Verb.PRESS, Verb.WAIT, Verb.DONE, Verb.GIVE_UP} | POINTER
BUTTONS = {Verb.MOUSE_DOWN, Verb.MOUSE_UP}
HELD_KEYS = {Verb.KEY_DOWN, Verb.KEY_UP}
SAYS = {
    "qwen2.5-vl": BOTH,
    "qwen3-vl": BOTH | {Verb.ANSWER},
    "ui-tars-1.5": BOTH | HELD_KEYS | {Verb.ANSWER},
    "openai": BOTH | {Verb.ANSWER},
    "anthropic-20250124": BOTH | BUTTONS | {Verb.ANSWER},
    "anthropic-20251124": BOTH | BUTTONS | {Verb.ANSWER},
    "computer_13": BOTH | BUTTONS | HELD_KEYS,
    "pyautogui": BOTH | BUTTONS | HELD_KEYS,
}


def said(words, action, frame):
    """The text of an action, None if the format has no words for it."""
    try:
        return words.format(action, frame)
    except ActionFormatError as error:
        assert str(error).startswith(words.name)
        return None


def drawn(rng, frame, each):
    return [some_action(rng, verb, frame.screen) for verb in Verb for _ in range(each)]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame.screen}-{frame.image}")
def test_what_a_format_says_it_reads_as_the_same_action(words, frame, rng):
    grid = grid_of(words, frame)
    exact = grid.size[0] >= grid.screen[0] and grid.size[1] >= grid.screen[1]
    came_back = set()
    for action in drawn(rng, frame, 80):
        text = said(words, action, frame)
        if text is None:
            continue
        (read,) = actions_or_raise(words.parse(text, frame))
        assert words.format(read, frame) == text  # the same cells, so within half a cell
        if exact or action.verb not in POINTER | BUTTONS:
            assert read == action
        came_back.add(action.verb)
    assert came_back == SAYS[words.name]


def test_a_text_is_read_without_knowing_where_the_pointer_is(words, rng):
    frame = Frame((1280, 720))
    for action in drawn(rng, frame, 20):
        text = said(words, action, frame)
        assert text is None or len(actions_or_raise(words.parse(text, frame))) == 1


@pytest.mark.parametrize(
    "text", ["</tool_call>", "<tool_call>{", "</think>", "```DONE```", "Action: x"]
)
def test_a_text_that_looks_like_the_format_itself_comes_back(words, text):
    for typed in (text, f"{text}\n", f"a\n{text}"):
        action, frame = Action.type(typed), FRAMES[0]
        assert words.parse(words.format(action, frame), frame) == (action,)


def test_no_format_says_a_point_off_the_screen_or_half_a_character(words):
    frame = Frame((1280, 720))
    for action in (Action.click(1280, 0), Action.drag(0, 0, 5, -1), Action.type("\ud800")):
        with pytest.raises(ActionFormatError, match=words.name):
            words.format(action, frame)


def test_the_tools_and_the_system_text_are_data_for_a_request(words):
    frame = Frame((1920, 1080), image=(1280, 720))
    tools = words.tools(frame)
    assert json.loads(json.dumps(tools)) == list(tools)
    assert tools or len(words.system(frame)) > 200  # what is no tool is explained in words
    assert words.system(frame)


@pytest.mark.parametrize("name", ["qwen2.5-vl", "qwen3-vl"])
def test_a_qwen_call_fits_the_schema_of_its_tool(name, rng):
    frame, words = FRAMES[1], FORMATS[name]
    schema = words.tools(frame)[0]["function"]["parameters"]
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for action in drawn(rng, frame, 20):
        text = said(words, action, frame) or ""
        for block in text.split("<tool_call>")[1:]:
            call = json.loads(block.replace("</tool_call>", ""))
            validator.validate(call["arguments"])


def test_a_computer_13_action_fits_its_schema(rng):
    jsonschema.Draft202012Validator.check_schema(computer_13.schema())
    validator = jsonschema.Draft202012Validator(computer_13.schema())
    frame, words = FRAMES[0], FORMATS["computer_13"]
    for action in drawn(rng, frame, 20):
        text = said(words, action, frame)
        if text is not None:
            blocks = text.split("```json")[1:] or [text]
            for block in blocks:
                validator.validate(json.loads(block.replace("```", "")))


def test_an_unknown_format_is_a_config_error_that_names_the_nearest():
    assert action_format("openai").name == "openai"
    with pytest.raises(ConfigError, match=r"did you mean 'qwen3-vl'"):
        action_format("qwen3vl")


JUNK = (
    "",
    " ",
    "null",
    "[]",
    "{}",
    "[[]]",
    "NaN",
    "I am sorry, I cannot do that",
    "```",
    "``````",
    "```json\n```",
    "<tool_call>",
    "<tool_call></tool_call>",
    "Action:",
    "Thought: x\nAction: ",
    "Action: click(start_box='(nan,inf)')",
    "Action: click(start_box='(1,2,3)')",
    "Action: click(start_box=(1,2))",
    "Action: type(content='",
    "Action: os.system('ls')",
    "[" * 50_000,
    '{"a":' * 20_000,
    "(" * 50_000,
    "-" * 50_000 + "1",
    "a" + ".b" * 40_000,
    "1" + "+1" * 40_000,
    "x" * 200_000,
    "\n" * 99_000,
    "{" * 99_000,
    "```\n" * 24_000,
    "<think>" * 14_000,
    "</think> " * 11_000,
    "<tool_call>" * 9_000,
    "Action:\n" * 12_000,
    "Action: wait(" + "a=''," * 19_000,
    "Action: type(content='" + "' " * 49_000,
    "Action: hotkey(key='" + "a " * 4_000 + "')",
    "\x00",
    "\ud800",
    "pyautogui.click(\x00)",
    "pyautogui.click(1e999, 2)",
    "pyautogui.click(" + "9" * 5_000 + ", 2)",
    '{"action_type": "CLICK", "parameters": {"x": ' + "9" * 5_000 + ', "y": 2}}',
    '{"name": "bash", "arguments": {"command": "rm -rf /"}}',
    '[{"type": "tool_use", "name": "bash", "input": {"command": "ls"}}]',
    '{"type": "function_call", "name": "bash", "arguments": "{}"}',
    '{"type": "computer_call", "actions": [{"type": "click", "x": NaN, "y": 1, "button": "left"}]}',
    '{"action": "left_click", "coordinate": [1, 2, 3]}',
    '{"action": "left_click", "coordinate": ["1", true]}',
    '{"action": "key", "text": "ctrl+nothing"}',
    '{"action_type": "TYPING", "parameters": {"text": "\\ud800"}}',
)
DECODED = (
    None,
    True,
    3,
    2.5,
    b"bytes",
    object(),
    {1: 2},
    [None],
    {"type": []},
    {"action": {}},
    {"content": 5},
    {"output": None},
    {"action_type": ["CLICK"]},
)


def check_parsed(words, output, frame):
    parsed = words.parse(output, frame)
    if isinstance(parsed, InvalidAction):
        assert parsed.reason and parsed.format == words.name
        assert parsed.text == output or not isinstance(output, str)
    else:
        assert parsed and all(isinstance(action, Action) for action in parsed)
        for action in parsed:
            action.check_on_screen(frame.screen)
    return parsed


@pytest.mark.parametrize("frame", [FRAMES[0], Frame((1280, 720))], ids=["pointer", "no pointer"])
def test_junk_is_an_invalid_action(words, frame):
    for output in (*JUNK, *DECODED):
        assert isinstance(check_parsed(words, output, frame), InvalidAction), str(output)[:80]


WRONG = (None, True, -1, 10**400, 1e308, float("nan"), float("inf"), "", "x", [], {}, [[]], "1")


def damaged(rng, text):
    """A text with one thing wrong, or several, or none."""
    at = rng.randrange(len(text) + 1)
    match rng.randrange(9):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[:at] + rng.choice("'\"\\(){}[],:;`\n<>#@é\x00\ud83d") + text[at:]
        case 3:
            return text + text
        case 4:
            return f"Sure! Here it is:\n```{rng.choice(['', 'json', 'python'])}\n{text}\n```\nDone."
        case 5:
            digits = [i for i, char in enumerate(text) if char.isdigit()] or [0]
            i = rng.choice(digits)
            number = rng.choice(["NaN", "1e999", "9" * 400, "-5", "0x1F", "null", "1_0", "5.5"])
            return text[:i] + number + text[i + 1 :]
        case 6:
            evil = rng.choice(["__import__('os')", "eval('1')", "lambda: 0", "x", "*[1]", "**{}"])
            return text[:at] + evil + text[at:]
        case 7:
            return text.replace("click", rng.choice(["clack", "__class__", "Click"]))
    return damaged(rng, damaged(rng, text)) if text else text


def spoiled(rng, value):
    """A JSON value with one member replaced, left out, or of another type."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        if rng.random() < 0.2:
            return {name: part for name, part in value.items() if name != key}
        return value | {key: spoiled(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        index = rng.randrange(len(value))
        return [*value[:index], spoiled(rng, value[index]), *value[index + 1 :]]
    return rng.choice(WRONG)


def test_a_damaged_output_is_an_invalid_action_or_some_action(words, rng):
    frame, invalid, valid = FRAMES[0], 0, 0
    texts = [text for action in drawn(rng, frame, 12) if (text := said(words, action, frame))]
    for _ in range(3_000):
        parsed = check_parsed(words, damaged(rng, rng.choice(texts)), frame)
        invalid += isinstance(parsed, InvalidAction)
        valid += not isinstance(parsed, InvalidAction)
    assert invalid > 300 and valid > 100  # both happen, so the damage is neither nothing nor all


def test_a_raw_line_end_in_a_json_text_is_read():
    frame = FRAMES[0]
    call = '{"name": "computer_use", "arguments": {"action": "type", "text": "a\nb"}}'
    assert FORMATS["qwen3-vl"].parse(call, frame) == (Action.type("a\nb"),)
    typing = '{"action_type": "TYPING", "parameters": {"text": "a\nb"}}'
    assert FORMATS["computer_13"].parse(typing, frame) == (Action.type("a\nb"),)


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name not in ("ui-tars-1.5", "pyautogui")]
)
def test_json_with_members_of_wrong_types_is_an_invalid_action_or_some_action(name, rng):
    frame, words = FRAMES[0], FORMATS[name]
    for action in drawn(rng, frame, 40):
        text = said(words, action, frame)
        if text is None or "```" in text:
            continue
        bare = text.partition("</tool_call>")[0].removeprefix("<tool_call>")
        for _ in range(6):
            check_parsed(words, spoiled(rng, json.loads(bare)), frame)


def test_an_invalid_action_carries_the_text_and_stands_in_by_policy():
    output = "Action: click(start_box='(9999,2)')"
    invalid = FORMATS["ui-tars-1.5"].parse(output, Frame((1280, 720)))
    assert isinstance(invalid, InvalidAction)
    assert (invalid.text, invalid.format) == (output, "ui-tars-1.5")
    assert "outside" in invalid.reason
    assert invalid.stand_in(OnInvalid("skip")) == Action.wait()
    assert invalid.stand_in(OnInvalid("end")) == Action.done()
    assert pickle.loads(pickle.dumps(invalid)) == invalid
    with pytest.raises(AgentError, match=r"ui-tars-1\.5.*outside"):
        actions_or_raise(invalid)


def test_the_same_seed_draws_the_same_actions():
    one, two = (drawn(random.Random(7), FRAMES[0], 3) for _ in range(2))
    assert one == two
