"""What people see: every view in Chromium, at 1280 and at 390 pixels, by keys alone."""

import json
from dataclasses import replace

import made
import pytest
from crowd import many

from gym_anything.records import Action, CheckResult, Score, StepGrade
from gym_anything.viewer.export import export
from gym_anything.viewer.shelf import Shelf

WIDTHS = (1280, 390)
LISTED = "document.querySelector('.row')"
AT = "document.querySelector('.controls output').textContent.replaceAll(' ', '')"
SHOWN = "[...document.querySelectorAll('.screen img')].every(i => i.complete && i.naturalWidth)"
HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>\"'&amp;"
OUTSIDE = """[...document.querySelectorAll('body *')].filter(found => {
  if (!found.checkVisibility() || found.closest('.scroll, svg')) return false;
  const box = found.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(found => found.outerHTML.slice(0, 120))"""
COVERED = """[...document.querySelectorAll('a, button, select, input, summary')].filter(found => {
  if (!found.checkVisibility() || found.closest('.steps')) return false;
  found.scrollIntoView({block: 'center'});
  const box = found.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return !top || !(found.contains(top) || top.contains(found));
}).map(found => found.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    return made.four(tmp_path_factory.mktemp("stores") / "run")


@pytest.fixture(scope="module")
def address(serving, run_folder):
    with serving(run_folder) as found:
        yield found


@pytest.fixture(scope="module")
def keys(run_folder):
    """Keys of the four episodes, by agent and seed."""
    entries = Shelf([run_folder]).entries()
    return {(entry.episode.agent, entry.episode.seed): entry.key for entry in entries}


@pytest.fixture
def views(keys):
    """(address within the page, condition that it is there) of every view."""
    failed, passed, broken = keys["solution", 1], keys["noisy", 1], keys["solution", 2]
    there = f"document.querySelector('.stage') && {SHOWN} && document.body.dataset.ready"
    return {
        "list": ("", LISTED),
        "episode": (f"#/episode/{failed}?step=2", there),
        "ended": (f"#/episode/{failed}?step=end", there),
        "broken": (f"#/episode/{broken}?step=end", there),
        "compare": (f"#/compare/{failed}/{passed}?step=4", there),
    }


VIEWS = ("list", "episode", "ended", "broken", "compare")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_cut_off_or_covered(browser, address, views, view, width, dark):
    where, there = views[view]
    browser.resize(width, dark=dark)
    browser.open(address + where, there)
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert browser.evaluate(OUTSIDE) == []
    assert browser.evaluate(COVERED) == []
    assert browser.troubles == []
    ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(17, 20, 24)" if dark else "rgb(246, 247, 249)")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_is_filtered_by_what_episodes_are(browser, address, width):
    browser.resize(width)
    browser.open(address, LISTED)
    choose = """((name, value) => {
      const menu = document.querySelector(`select[name=${name}]`);
      menu.value = value;
      menu.dispatchEvent(new Event('change'));
      return [...document.querySelectorAll('.row')].length;
    })"""
    for name, value, left in (
        *(("app", "galculator", 1), ("app", "", 4), ("level", "1", 3), ("level", "", 4)),
        *(("agent", "noisy", 1), ("agent", "", 4), ("outcome", "failed", 2), ("outcome", "", 4)),
        *(("failure", "display", 1), ("failure", "none", 3)),
    ):
        assert browser.evaluate(f"{choose}({json.dumps(name)}, {json.dumps(value)})") == left
    assert "3 of 4 episodes" in browser.text(".sum") and "1 passed" in browser.text(".sum")
    browser.open(address + "#/?outcome=passed&find=memo", LISTED)
    assert browser.evaluate("document.querySelectorAll('.row').length") == 1
    assert "noisy" in browser.text(".row")


def test_an_episode_is_found_and_played_by_keys_alone(browser, address):
    browser.resize(1280)
    browser.open(address + "#/?order=task", LISTED)
    browser.press("j", "j", "k", "ArrowDown", "Enter")  # galculator, mousepad by noisy
    browser.wait(f"{AT} === '1/5'")
    assert "noisy" in browser.text(".facts")
    browser.press("ArrowRight", "ArrowRight", "ArrowLeft")
    browser.wait(f"{AT} === '2/5'")
    assert browser.evaluate("location.hash").endswith("?step=2")
    browser.press("End")
    browser.wait(f"{AT} === 'end/5'")
    browser.press("Home")
    browser.wait(f"{AT} === '1/5'")
    browser.press("n")
    browser.wait(f"{AT} === '1/6'")
    browser.press("Escape")
    browser.wait(LISTED)
    assert browser.evaluate("location.hash") == "#/?order=task"


def test_an_episode_plays_to_its_end_and_pauses(browser, address, views):
    where, there = views["broken"]
    browser.open(address + where.replace("end", "1"), there)
    browser.press(" ")
    browser.wait(f"{AT} === 'end/2'")
    browser.wait("document.querySelector('[aria-label=Play]')")
    browser.press(" ")
    browser.wait("document.querySelector('[aria-label=Pause]')")
    browser.press("ArrowRight")
    browser.wait("document.querySelector('[aria-label=Play]')")


def test_two_episodes_chosen_by_keys_stand_side_by_side(browser, address):
    browser.resize(1280)
    browser.open(address + "#/?order=task&app=mousepad&find=1", LISTED)
    browser.press("j", "x", "j", "x", "c")
    browser.wait("document.querySelectorAll('.side').length === 2")
    browser.wait(AT)
    left, right = browser.evaluate(
        "[...document.querySelectorAll('.side')].map(side => side.getBoundingClientRect().x)"
    )
    assert left < right
    browser.press("d")
    browser.wait(f"{AT} === '4/6'")
    actions = browser.evaluate(
        "[...document.querySelectorAll('.action')].map(found => found.textContent)"
    )
    assert sorted(actions) == ["press('ctrl+q')", "press('ctrl+s')"]


def test_an_action_is_drawn_where_it_is_done(browser, address, views):
    browser.resize(1280)
    where, there = views["episode"]
    browser.open(address + where, there)  # the drag, with Shift
    circle, arrow = browser.evaluate("""(() => {
      const box = document.querySelector('.screen img').getBoundingClientRect();
      const place = shape => { const at = shape.getBoundingClientRect();
        return [(at.left - box.left) / box.width, (at.right - box.left) / box.width,
                (at.top - box.top) / box.height, (at.bottom - box.top) / box.height]; };
      return [place(document.querySelector('.marks circle:not(.halo)')),
              place(document.querySelector('.marks path:not(.halo)'))]; })()""")
    assert (circle[0] + circle[1]) / 2 == pytest.approx(100.5 / 640, abs=0.003)
    assert (circle[2] + circle[3]) / 2 == pytest.approx(200.5 / 360, abs=0.003)
    assert arrow[1] == pytest.approx(500.5 / 640, abs=0.006)
    assert browser.text(".caption kbd") == "shift"
    browser.press("ArrowRight")
    browser.wait("document.querySelector('.caption q')")
    assert browser.text(".caption q").strip("“”") == "paid⏎"


def test_the_end_shows_each_check_with_its_evidence(browser, address, views):
    where, there = views["ended"]
    browser.open(address + where, there)
    text = browser.text(".checks")
    for check in made.CHECKS:
        assert check.check in text and check.evidence in text
    where, there = views["broken"]
    browser.open(address + where, there)
    assert "the X server is gone" in browser.text(".now")
    assert "last words" in browser.text(".now pre")


def test_the_colours_follow_the_choice_and_stay(browser, address):
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.resize(1280)
    browser.open(address, LISTED)
    day = browser.evaluate(ground)
    browser.press("t", "t")
    night = browser.evaluate(ground)
    assert night != day
    browser.open(address, LISTED)
    assert browser.evaluate(ground) == night
    browser.press("t")
    assert browser.evaluate(ground) == day


def test_an_address_that_leads_nowhere_says_so(browser, address):
    trouble = "document.querySelector('.trouble')"
    browser.open(address + "#/episode/nothing", trouble)
    assert "no episode nothing" in browser.text(".trouble")
    browser.open(address + "#/compare/x", trouble)
    browser.open(address + "#/%E0%A4%A", trouble)


class LabelledShelf(Shelf):
    """A shelf whose stores hold a label that this version does not know."""

    def open(self, key):
        opened = super().open(key)
        return replace(opened, rows=[row | {"label": HOSTILE} for row in opened.rows])


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The exported page of two episodes in which every text is hostile, and their keys."""
    folder = tmp_path_factory.mktemp("stores") / HOSTILE.replace("/", "∕")
    checks = (CheckResult(HOSTILE, 0.5, False, False, 1.0, f"Documents/{HOSTILE}.txt \udce9"),)
    hostile = made.episode(
        (Action.type(HOSTILE), Action.answer(HOSTILE)),
        **{"task_id": HOSTILE, "instruction": HOSTILE, "agent": HOSTILE, "env_id": HOSTILE},
        score=Score(0.5, False, checks),
    )
    said = {"error": HOSTILE, "output": HOSTILE, "grade": StepGrade(7.5, HOSTILE, HOSTILE)}
    steps = tuple(replace(step, **said) for step in hostile.steps)
    broken = made.broken(task_id=HOSTILE, instruction=HOSTILE, agent="other")
    failure = replace(broken.failure, message=HOSTILE, log=HOSTILE)
    made.fill(folder, [replace(hostile, steps=steps), replace(broken, failure=failure)])
    shelf = LabelledShelf([folder])
    to = tmp_path_factory.mktemp("exports") / "page"
    export(shelf, to, HOSTILE)
    keys = {entry.episode.agent: entry.key for entry in shelf.entries()}
    return to / "index.html", [keys[HOSTILE], keys["other"]]


@pytest.mark.parametrize("view", ["list", "step", "end", "broken", "compare"])
def test_no_text_becomes_markup_in_a_page_opened_from_a_folder(browser, exported, view):
    page, (hostile, broken) = exported
    where, times = {
        "list": ("#/", 4),
        "step": (f"#/episode/{hostile}?step=1", 11),
        "end": (f"#/episode/{hostile}?step=end", 7),
        "broken": (f"#/episode/{broken}?step=end", 4),
        "compare": (f"#/compare/{hostile}/{broken}?step=1", 8),
    }[view]
    browser.resize(1280)
    ready = "document.body.dataset.ready"
    browser.open(page.as_uri() + where, f"{ready} && ({LISTED} || {SHOWN})")
    text = browser.evaluate("document.body.textContent")
    assert text.count("<script>window.hacked") >= times
    assert browser.evaluate("window.hacked === undefined")
    scripts = browser.evaluate("[...document.scripts].map(s => s.getAttribute('src'))")
    assert len(scripts) == 7 and all(src.startswith("static/") for src in scripts)
    assert browser.evaluate("document.querySelectorAll('img:not(.screen img)').length") == 0
    assert browser.evaluate("document.querySelectorAll('[onerror]').length") == 0
    assert browser.troubles == []
    for width in WIDTHS:
        browser.resize(width)
        assert browser.evaluate(OUTSIDE) == []


def test_reasoning_and_grade_stand_beside_the_step(browser, exported):
    page, (hostile, _) = exported
    browser.open(f"{page.as_uri()}#/episode/{hostile}", f"document.body.dataset.ready && {SHOWN}")
    assert HOSTILE in browser.text(".reasoning p")
    assert "grade 7.5 of 10" in browser.text(".grades")
    assert browser.text(".why") == f"{HOSTILE} graded by {HOSTILE}"
    assert "grade 7.5 of 10" in browser.text(".steps li")


def test_two_thousand_episodes_appear_in_less_than_a_second(browser, serving, tmp_path):
    folder = many(made.fill(tmp_path / "one", [made.episode()]), tmp_path / "many", 2000)
    browser.resize(1280)
    with serving(folder) as address:
        times = []
        for _ in range(3):
            browser.open(address, LISTED)
            times.append(browser.evaluate("performance.getEntriesByName('list')[0].startTime"))
        assert "2,000 episodes" in browser.text(".sum")
        browser.press("j", "End")
        browser.wait("document.activeElement.closest('.row')?.ariaPosInSet === '2000'")
        assert browser.evaluate("document.querySelectorAll('.row').length") < 80
        loaded = browser.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert min(times) < 1000, times
    assert not [name for name in loaded if "/frames/" in name], "no screen before it is asked for"
