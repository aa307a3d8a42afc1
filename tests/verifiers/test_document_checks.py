import io
import zipfile

import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

PATH = "a.odt"
PLAIN = "Rent is due on Monday."
BLOCKS = [
    {"text": "Lease", "style": "Heading 1"},
    {"text": PLAIN},
    {"text": ["The ", {"text": "Tenant", "bold": True}, " pays; Tenants abroad do not."]},
    {"text": "First", "list": "number"},
    {"text": "Second", "list": "number"},
    {"table": [["Month", "Paid"], ["May", "900.00"]], "name": "Payments"},
    {"text": "The end."},
]
PAGE = {"header": "Draft", "footer": ["Page ", {"field": "page-number"}]}


def odt(blocks=BLOCKS, page=PAGE):
    return write("document", {"blocks": blocks, "page": page}, PATH)


def edited(index, **changes):
    blocks = [dict(block) for block in BLOCKS]
    blocks[index] |= changes
    return odt(blocks)


def without(index):
    return odt(BLOCKS[:index] + BLOCKS[index + 1 :])


BOLD = {"text": "The Tenant pays; Tenants abroad do not.", "within": "Tenant", "bold": True}
TEXTS = ["Lease", PLAIN, "The Tenant pays; Tenants abroad do not.", "First", "Second", "The end."]
CASES = [
    # (check, parameters, final document, whether it holds)
    ("paragraphs", {"texts": TEXTS}, odt(), True),
    ("paragraphs", {"texts": TEXTS}, odt([*BLOCKS, {"text": ""}]), True),
    ("paragraphs", {"texts": TEXTS[::-1]}, odt(), False),
    ("paragraphs", {"texts": TEXTS}, without(1), False),
    ("contains", {"text": "900.00"}, odt(), True),
    ("contains", {"text": "Tenant", "count": 2}, odt(), True),
    ("contains", {"text": "tenant"}, odt(), False),
    (
        "replaced",
        {"old": "Monday", "new": "Friday"},
        edited(1, text="Rent is due on Friday."),
        True,
    ),
    ("replaced", {"old": "Monday", "new": "Friday"}, odt(), False),
    (
        "replaced",
        {"old": "Monday", "new": "Friday"},
        edited(1, text="Rent is due on friday."),
        False,
    ),
    ("paragraph_style", {"text": "Lease", "style": "heading 1"}, odt(), True),
    ("paragraph_style", {"text": "Lease", "style": "Heading 2"}, odt(), False),
    ("paragraph_style", {"text": "Lease", "style": "Heading 1"}, edited(0, style="Title"), False),
    ("paragraph_style", {"text": "Leasing", "style": "Heading 1"}, odt(), False),
    ("look", BOLD, odt(), True),
    ("look", {**BOLD, "only": True}, odt(), True),
    ("look", {**BOLD, "within": "pays"}, odt(), False),
    ("look", {**BOLD, "only": True}, edited(2, bold=True), False),
    ("look", {"text": PLAIN, "bold": False, "size_pt": 12}, odt(), True),
    ("look", {"text": PLAIN, "bold": True}, edited(1, bold=True), True),
    ("look", {"text": PLAIN, "highlight": "any"}, edited(1, highlight="#ffff00"), True),
    ("look", {"text": PLAIN, "highlight": "any"}, odt(), False),
    ("look", {"text": PLAIN, "colour": "#c00000"}, edited(1, colour="#c00001"), False),
    ("layout", {"text": PLAIN, "align": "center"}, edited(1, align="center"), True),
    ("layout", {"text": PLAIN, "align": "center"}, odt(), False),
    ("layout", {"text": PLAIN, "left_cm": 1.5}, edited(1, indent=1.5), True),
    ("layout", {"text": PLAIN, "left_cm": 1.5}, edited(1, indent=1.6), False),
    ("layout", {"text": PLAIN, "breaks_before": True}, edited(1, **{"break": True}), True),
    ("layout", {"text": PLAIN, "line_percent": 115}, odt(), True),
    ("layout", {"text": PLAIN, "line_percent": 100}, odt(), False),
    ("listed", {"texts": ["First", "Second"], "kind": "number"}, odt(), True),
    ("listed", {"texts": ["First"], "kind": "number"}, odt(), False),
    ("listed", {"texts": ["First", "Second"], "kind": "bullet"}, odt(), False),
    ("table", {"rows": [["Month", "Paid"], ["May", "900.00"]]}, odt(), True),
    ("table", {"rows": [["Month", "Paid"], ["May", "900.01"]]}, odt(), False),
    ("table", {"rows": [["Month", "Paid"]]}, odt(), False),
    ("table", {"rows": [["Month", "Paid"]], "name": "Other"}, odt(), False),
    ("page", {"width_cm": 21, "height_cm": 29.7, "margins_cm": [2, 2, 2, 2]}, odt(), True),
    ("page", {"width_cm": 29.7}, odt(), False),
    ("page", {"margins_cm": [2, 2, 2, 2.2]}, odt(), False),
    ("strip", {"where": "footer", "text": "Page", "field": "page-number"}, odt(), True),
    ("strip", {"where": "footer", "text": "Page", "field": "page-count"}, odt(), False),
    ("strip", {"where": "footer", "text": "Page"}, odt(page={"footer": "Page 1"}), False),
    ("strip", {"where": "header", "text": "Draft", "align": "center"}, odt(), False),
    ("strip", {"where": "header"}, odt(page={}), False),
    ("tracked", {"left": 0}, odt(), True),
    ("tracked", {"left": 0}, edited(1, text=["a", {"inserted": "b", "author": "Ana"}]), False),
    ("notes", {"texts": []}, odt(), True),
    ("notes", {"texts": ["Why?"]}, edited(1, text=["a", {"comment": "Why?"}]), True),
    ("notes", {"texts": ["Why?"]}, edited(1, text=["a", {"comment": "When?"}]), False),
    ("notes", {"texts": ["b"], "kind": "footnote"}, edited(1, text=["a", {"footnote": "b"}]), True),
    ("unchanged_except", {}, odt(), True),
    ("unchanged_except", {}, odt([*BLOCKS, {"text": ""}]), True),
    ("unchanged_except", {}, edited(1, text="Rent is due on Friday."), False),
    ("unchanged_except", {}, edited(1, italic=True), False),
    ("unchanged_except", {}, edited(1, style="Quotations"), False),
    ("unchanged_except", {}, edited(3, list="bullet"), False),
    ("unchanged_except", {}, without(4), False),
    ("unchanged_except", {}, odt([BLOCKS[0], BLOCKS[2], BLOCKS[1], *BLOCKS[3:]]), False),
    ("unchanged_except", {}, odt(page={**PAGE, "header": "Final"}), False),
    ("unchanged_except", {}, odt(page={**PAGE, "margin": 2.5}), False),
    ("unchanged_except", {}, edited(1, text=[PLAIN, {"comment": "Why?"}]), False),
    ("unchanged_except", {}, edited(5, table=[["Month", "Paid"], ["May", "1"]]), False),
    ("unchanged_except", {"aspects": ["page"]}, odt(page={**PAGE, "margin": 2.5}), True),
    ("unchanged_except", {"texts": [PLAIN]}, edited(1, text="Rent is due on Friday."), True),
    ("unchanged_except", {"texts": [PLAIN], "added": ["x"]}, edited(1, text="x"), True),
    ("unchanged_except", {"texts": [PLAIN], "added": ["x"]}, edited(1, text="y"), False),
    ("unchanged_except", {"texts": [PLAIN], "added": ["x"]}, edited(1, text="x", bold=True), False),
    ("unchanged_except", {"looks": [PLAIN]}, edited(1, bold=True, align="right"), True),
    ("unchanged_except", {"looks": [PLAIN], "may": ["bold"]}, edited(1, bold=True), True),
    ("unchanged_except", {"looks": [PLAIN], "may": ["bold"]}, edited(1, italic=True), False),
    ("unchanged_except", {"looks": [PLAIN]}, edited(1, text="Rent is due."), False),
    ("unchanged_except", {"tables": ["Payments"]}, edited(5, table=[["a", "b"]]), True),
    (
        *("unchanged_except", {"tables": ["Payments"]}),
        *(edited(5, table=[["a", {"text": "b", "italic": True}]]), False),
    ),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_text_document_is_judged(judge, check, params, final, wanted):
    verdict = judge(f"document.{check}", {"path": PATH, **params}, {PATH: final}, {PATH: odt()})
    assert verdict.evidence
    assert (verdict.value == 1.0) is wanted, verdict


PHOTOS = [
    {"picture": {"size": [40, 30], "background": colour}, "width": 3}
    for colour in ("#ffffff", "#c00000", "#0000c0")
]


def album(*photos, text="Photos"):
    return odt([{"text": [text, *photos]}, *BLOCKS])


ONE, TWO, THREE = PHOTOS
WITHOUT_TWO = {"numbers": [2]}
PICTURE_CASES = [
    ("pictures_gone", WITHOUT_TWO, album(ONE, THREE), True),
    ("pictures_gone", WITHOUT_TWO, album(*PHOTOS), False),
    ("pictures_gone", WITHOUT_TWO, album(ONE, TWO), False),
    ("pictures_gone", WITHOUT_TWO, album(ONE), False),
    ("pictures_gone", WITHOUT_TWO, album(THREE, ONE), False),
    ("pictures_gone", WITHOUT_TWO, album(ONE, {**THREE, "width": 2}), False),
    ("unchanged_except", {}, album(*PHOTOS), True),
    ("unchanged_except", {}, album(ONE, THREE), False),
    ("unchanged_except", {}, album(ONE, THREE, TWO), False),
    ("unchanged_except", {}, album(*PHOTOS, ONE), False),
    ("unchanged_except", {"pictures": [2]}, album(*PHOTOS), True),
    ("unchanged_except", {"pictures": [2]}, album(ONE, THREE), True),
    ("unchanged_except", {"pictures": [2]}, album(ONE, TWO), False),
    ("unchanged_except", {"pictures": [2]}, album(ONE, THREE, text="Photo"), False),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), PICTURE_CASES)
def test_the_pictures_of_a_document_are_judged(judge, check, params, final, wanted):
    initial = {PATH: album(*PHOTOS)}
    verdict = judge(f"document.{check}", {"path": PATH, **params}, {PATH: final}, initial)
    assert verdict.evidence
    assert (verdict.value == 1.0) is wanted, verdict


EVERY = {
    "paragraphs": {"texts": []},
    "contains": {"text": "x"},
    "replaced": {"old": "Monday", "new": "x"},
    "paragraph_style": {"text": "x", "style": "x"},
    "look": {"text": "x", "bold": True},
    "layout": {"text": "x", "align": "left"},
    "listed": {"texts": [], "kind": "bullet"},
    "table": {"rows": []},
    "page": {},
    "strip": {"where": "header"},
    "tracked": {},
    "notes": {"texts": []},
    "pictures_gone": {"numbers": []},
    "unchanged_except": {},
}


def repacked(change):
    """The document with content.xml changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(odt())) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, change(data) if info.filename == "content.xml" else data)
    return buffer.getvalue()


BROKEN = {
    "missing": None,
    "empty": b"",
    "no container": b"plain text",
    "cut off": odt()[:400],
    "of another kind": write("spreadsheet", {"sheets": [{"rows": [["a"]]}]}, "a.ods"),
    "not well-formed": repacked(lambda data: data[:-20]),
    "with entities": repacked(
        lambda data: data.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1)
    ),
    "too deep": repacked(
        lambda data: data.replace(
            b"<office:text>",
            b"<office:text>"
            + b"<text:list><text:list-item>" * 60
            + b"</text:list-item></text:list>" * 60,
        )
    ),
    "of a million spaces": repacked(
        lambda data: data.replace(
            b"Rent", b'<text:s text:c="999999"/>' * 3 + b'<text:s text:c="99999999999"/>'
        ).replace(b"<office:text>", b"<office:text>" + b"<text:p/>" * 30_000)
    ),
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("kind", BROKEN)
def test_a_document_that_cannot_be_read_fails_every_check(judge, check, kind):
    files = {} if BROKEN[kind] is None else {PATH: BROKEN[kind]}
    params = {"path": PATH, **EVERY[check]}
    verdict = judge(f"document.{check}", params, files, {PATH: odt()})
    assert verdict.value == 0 and verdict.evidence


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("contains", {"text": ""}),
        ("replaced", {"old": "not there", "new": "x"}),
        ("look", {"text": PLAIN}),
        ("page", {"margins_cm": [2]}),
        ("unchanged_except", {"aspects": ["colour"]}),
        ("unchanged_except", {"may": ["colours"]}),
        ("listed", {"texts": [], "kind": "letters"}),
        ("pictures_gone", {"numbers": [1]}),
        ("unchanged_except", {"pictures": [1]}),
    ],
)
def test_parameters_that_make_no_sense_are_the_tasks_fault(judge, check, params):
    with pytest.raises(TaskError):
        judge(f"document.{check}", {"path": PATH, **params}, {PATH: odt()})
