"""What an agent may leave where a verifier will read: every check fails, says why, and ends soon.

All checks of a kind of file run at once, through the process that judges (`gym_anything.judge`), so
that time and memory are those of an episode's end.
"""

import io
import os
import random
import resource
import signal
import socket
import struct
import time
import zipfile
from pathlib import Path

import pytest

from gym_anything import judge as judge_module
from gym_anything.documents.home import Home
from gym_anything.documents.writers import write
from gym_anything.errors import VerifierError
from gym_anything.judge import judge
from gym_anything.task import Answer, Check, Document, Task
from gym_anything.verify import FinalState

MOST_SEC = 12.0  # for some fifteen checks together, on a crowded host
MOST_MEMORY_KB = 1_200_000
ROWS = [["Item", "Price"], ["Tea", 2.5], ["Cake", 4], ["Sum", {"formula": "=SUM(B2:B3)"}]]
TEXT = "Item 1\nPrice 7\nItem 2\n"
SHEET_CHECKS = (
    ("spreadsheet.cell", {"cell": "B4", "equals": 6.5}),
    ("spreadsheet.cell_format", {"range": "A1", "bold": True}),
    ("spreadsheet.cells", {"cells": {"B2": 2.5}}),
    ("spreadsheet.chart", {"kinds": ["bar"]}),
    ("spreadsheet.column_width", {"column": "A", "cm": 2.5}),
    ("spreadsheet.filtered", {"range": "A1:B4", "visible": [2]}),
    ("spreadsheet.frozen", {"rows": 1}),
    ("spreadsheet.merged", {"ranges": ["A1:B1"]}),
    ("spreadsheet.rows_kept", {}),
    ("spreadsheet.sheet_names", {"names": ["Sheet1", "More"]}),
    ("spreadsheet.sorted", {"range": "A2:B3", "column": "A", "order": "descending"}),
    ("spreadsheet.unchanged_except", {}),
)
TEXT_CHECKS = (
    ("text.contains", {"text": "paid"}),
    ("text.encoding", {"is_one_of": ["utf-32"]}),
    ("text.equals", {"text": TEXT + "paid"}),
    ("text.line_equals", {"line": 2, "text": "paid"}),
    ("text.lines_sorted", {"order": "descending", "unique": True}),
    ("text.number_on_line", {"line": 2, "number": 8}),
    ("text.replaced", {"old": "Item", "new": "Position", "whole_words": True}),
    ("text.unchanged_except_lines", {"lines": [2]}),
)
FILE_CHECKS = (
    ("files.same_bytes_as", {"document": "start"}),
    ("files.unchanged", {}),
)
SHEETS, TEXTS = (".ods", ".xlsx"), (".txt", ".csv")


def initial(suffix):
    if suffix in SHEETS:
        return write("spreadsheet", {"sheets": [{"name": "Sheet1", "rows": ROWS}]}, "a" + suffix)
    return TEXT.encode()


def verdicts(root, path, checks=None, **timeout):
    """Judge `path` in a home by every check for its suffix; the score, seconds and bytes."""
    suffix = Path(path).suffix
    if checks is None:
        checks = (SHEET_CHECKS if suffix in SHEETS else TEXT_CHECKS) + FILE_CHECKS
    task = Task(
        app="mousepad",
        template="hostile",
        seed=0,
        instruction="Leave something.",
        checks=tuple(Check(name, {"path": path, **params}) for name, params in checks),
        solution=(Answer("x"),),
        documents=(Document("start", "text", ""),),
    )
    state = FinalState(Home(root), {path: initial(suffix), "start": initial(suffix)})
    return judge(task, state, **timeout)


def assert_refused(root, path, says=""):
    started = time.monotonic()
    score = verdicts(root, path)
    assert time.monotonic() - started < MOST_SEC
    assert peak_memory_kb() < MOST_MEMORY_KB
    for result in score.checks:
        assert not result.passed, result
        assert result.evidence
        assert says in result.evidence, result
    assert score.value == 0.0 and not score.passed


def peak_memory_kb():
    """Most memory that the judging process has had."""
    status = Path(f"/proc/{judging_process().pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def judging_process():
    return judge_module._workers(os.getpid())._idle[-1]._process


@pytest.fixture
def home(tmp_path):
    root = tmp_path / "home"
    (root / "Documents").mkdir(parents=True)
    return root


@pytest.fixture(params=SHEETS + TEXTS)
def path(request):
    return f"Documents/left{request.param}"


# Not a plain file --------------------------------------------------------------------------------


def test_a_symlink_to_a_right_answer_outside_home(home, path, tmp_path):
    """Stopped by: openat2 beneath home, no symlink anywhere."""
    (tmp_path / "answer").write_bytes(initial(Path(path).suffix))
    for target in (tmp_path / "answer", Path("../../answer"), Path("/etc/hostname")):
        (home / path).symlink_to(target)
        assert_refused(home, path, "symlink")
        (home / path).unlink()


def test_a_folder_that_is_a_symlink(home, path, tmp_path):
    """Stopped by: the same, for every part of the path."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / Path(path).name).write_bytes(initial(Path(path).suffix))
    (home / "Documents").rmdir()
    (home / "Documents").symlink_to(tmp_path / "out")
    assert_refused(home, path)


def test_a_symlink_loop(home, path):
    (home / path).symlink_to(Path(path).name)
    assert_refused(home, path, "symlink")


def test_a_hard_link(home, path, tmp_path):
    """Stopped by: a file with two names is refused."""
    (tmp_path / "answer").write_bytes(initial(Path(path).suffix))
    os.link(tmp_path / "answer", home / path)
    assert_refused(home, path, "hard links")


def test_a_fifo_that_nobody_writes_to(home, path):
    """Stopped by: O_NONBLOCK, and only regular files are read."""
    os.mkfifo(home / path)
    assert_refused(home, path, "FIFO")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make one")
def test_a_device_without_end(home, path):
    os.mknod(home / path, 0o666 | 0o020000, os.makedev(1, 5))
    assert_refused(home, path, "character device")


def test_a_socket_and_a_folder(home, path, monkeypatch):
    monkeypatch.chdir(home / "Documents")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(Path(path).name)
        assert_refused(home, path)
    (home / path).unlink()
    (home / path).mkdir()
    assert_refused(home, path, "a folder")


def test_a_sparse_file_of_ten_gigabytes(home, path):
    """Stopped by: the size limit, before anything is read."""
    with open(home / path, "wb") as stream:
        stream.truncate(10 << 30)
    assert_refused(home, path, "more than")


def test_a_missing_file(home, path):
    assert_refused(home, path)


# Not a document ----------------------------------------------------------------------------------


def test_truncated_and_garbled_documents(home, path):
    """Cut at many places, then bytes flipped: refused or read, never an error of the host."""
    whole, chance = initial(Path(path).suffix), random.Random(1)
    if Path(path).suffix in TEXTS:
        pytest.skip("every prefix of a text is a text")
    for size in sorted({0, 1, 3, len(whole) // 2, len(whole) - 1, len(whole) - 22}):
        (home / path).write_bytes(whole[:size])
        assert_refused(home, path)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 5, 50))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (home / path).write_bytes(data)
        score = verdicts(home, path)
        assert all(result.evidence for result in score.checks)


@pytest.mark.parametrize("suffix", SHEETS + TEXTS)
def test_an_unharmed_document_is_judged_on_its_merits(home, suffix):
    """The control: some checks hold and others do not, so a refusal below is not for nothing."""
    data = repacked(suffix, lambda data: data) if suffix in SHEETS else initial(suffix)
    (home / f"left{suffix}").write_bytes(data)
    passed = [result.passed for result in verdicts(home, f"left{suffix}").checks]
    assert any(passed) and not all(passed)


def repacked(suffix, change):
    """The document with its main part changed by a function of bytes."""
    name = "content.xml" if suffix == ".ods" else "xl/worksheets/sheet1.xml"
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(initial(suffix))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.namelist():
            data = source.read(member)
            target.writestr(member, change(data) if member == name else data)
    return buffer.getvalue()


LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'>%s]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (ord("b") + n, b"&%c;" % (ord("a") + n) * 10) for n in range(9)
)


def after_declaration(insert):
    def change(data):
        head, mark, rest = data.partition(b"?>")
        return head + mark + insert + rest if mark else insert + data

    return change


def in_root(data, insert):
    end = data.rindex(b"</")
    return data[:end] + insert + data[end:]


@pytest.mark.parametrize("suffix", SHEETS)
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("zip bomb", after_declaration((b"<!--" + b"x" * 1000 + b"-->") * 40_000)),
        ("billion laughs", after_declaration(LAUGHS)),
        ("external entity", after_declaration(b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>")),
        ("depth", lambda data: in_root(data, b"<a>" * 1_000 + b"</a>" * 1_000)),
        ("unclosed depth", lambda data: b"<a>" * 1_900_000),
        ("cut", lambda data: data[: len(data) // 2]),
        (
            "attributes",
            lambda data: b"<a " + b" ".join(b'b%d="1"' % n for n in range(10**5)) + b"/>",
        ),
        ("name", lambda data: b"<" + b"a" * (20 << 20) + b"/>"),
        ("utf-16", lambda data: data.decode().encode("utf-16")),
        ("nothing", lambda data: b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_xml_made_to_hurt(home, suffix, name, change):
    """Stopped by: bounded unpacking; no DTD, entities or network; bounded depth and size."""
    (home / f"left{suffix}").write_bytes(repacked(suffix, change))
    assert_refused(home, f"left{suffix}")


REPEATED = b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
REPEATED += b'table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
REPEATED += b"</table:table-cell></table:table-row></table:table>"


def test_a_few_bytes_that_stand_for_seventeen_billion_cells(home):
    """Stopped by: repeated cells are counted, not made."""
    data = repacked(".ods", lambda xml: xml.replace(b"</table:table>", REPEATED, 1))
    (home / "left.ods").write_bytes(data)
    started = time.monotonic()
    score = verdicts(home, "left.ods")
    assert time.monotonic() - started < MOST_SEC
    assert peak_memory_kb() < MOST_MEMORY_KB
    assert not score.passed


def test_a_cell_at_the_far_end_of_a_sheet(home):
    row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    merged = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    for old, new in ((b"</sheetData>", row), (b"</sheetData>", merged)):
        changed = repacked(".xlsx", lambda xml, old=old, new=new: xml.replace(old, new, 1))
        (home / "left.xlsx").write_bytes(changed)
        started = time.monotonic()
        assert not verdicts(home, "left.xlsx").passed
        assert time.monotonic() - started < MOST_SEC
        assert peak_memory_kb() < MOST_MEMORY_KB


@pytest.mark.parametrize("suffix", SHEETS)
def test_archives_made_to_hurt(home, suffix):
    """Many members, members that lie about their size, repeated names, an endless archive."""
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(5_000):
            archive.writestr(f"{number}.xml", b"")
    lying = bytearray(repacked(suffix, lambda data: data + b" " * (40 << 20)))
    place = lying.rindex(b"content.xml" if suffix == ".ods" else b"sheet1.xml") - 22
    lying[place : place + 4] = struct.pack("<I", 100)
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", many.getvalue() * 20)
    for data in (many.getvalue(), bytes(lying), nested.getvalue(), b"PK\x05\x06" + b"\xff" * 18):
        (home / f"left{suffix}").write_bytes(data)
        assert_refused(home, f"left{suffix}")


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (4 << 20),
        b"\n" * (4 << 20),
        b"x\n" * (2 << 20),
        b"Item " * (800 << 10),
        b"1" * (4 << 20),
        b"\0" * (4 << 20),
        bytes(range(256)) * (16 << 10),
        b"\xff\xfe" + b"\xd8\x00" * (1 << 20),
        "İß".encode() * (1 << 20),
        b"x\n" * (2 << 20) + b"x",
        b"\n" * (33 << 20),
    ],
    ids=[
        "line",
        "blank",
        "lines",
        "words",
        "digits",
        "nul",
        "bytes",
        "odd",
        "case",
        "big",
        "bigger",
    ],
)
def test_texts_made_to_hurt(home, data):
    """Stopped by: the size limit, and that what compares texts is not quadratic."""
    (home / "left.txt").write_bytes(data)
    assert_refused(home, "left.txt")


def test_a_million_files_in_the_folder_that_is_listed(home):
    """Stopped by: a limit on entries."""
    for number in range(10_050):
        (home / "Documents" / str(number)).touch()
    score = verdicts(home, "Documents", checks=(("files.only", {"names": ["a"]}),))
    assert not score.passed and "more than" in score.checks[0].evidence


def test_names_that_are_no_text(home):
    Path(os.fsdecode(os.fsencode(home) + b"/\xff\xfe\n")).write_text("x")
    score = verdicts(home, ".", checks=(("files.only", {"names": ["Documents"]}),))
    assert not score.passed and score.checks[0].evidence


# The process that judges -------------------------------------------------------------------------


def test_a_verification_that_hangs_is_ended_at_its_deadline_and_the_next_one_works(home):
    """A deadline too short for a long text stands for a document that a reader chokes on."""
    (home / "left.txt").write_bytes(b"\n" * (2 << 20))
    verdicts(home, "left.txt")  # there is a process already
    pid = judging_process().pid
    with pytest.raises(VerifierError, match="took more than 0.05 s"):
        verdicts(home, "left.txt", timeout_sec=0.05)
    assert not Path(f"/proc/{pid}").exists()
    assert not verdicts(home, "left.txt").passed


def test_a_process_that_does_not_end_itself_at_the_deadline_is_killed(home):
    (home / "left.txt").write_text(TEXT)
    verdicts(home, "left.txt")
    process = judging_process()
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(VerifierError, match="took more than"):
        verdicts(home, "left.txt", timeout_sec=0.1)
    assert not Path(f"/proc/{process.pid}").exists()
    assert not verdicts(home, "left.txt").passed


def test_the_process_that_judges_has_a_limit_of_memory_and_ends_with_its_owner(home):
    (home / "left.txt").write_text(TEXT)
    verdicts(home, "left.txt")
    pid = judging_process().pid
    soft, _ = resource.prlimit(pid, resource.RLIMIT_DATA)
    assert soft == judge_module.MEMORY_BYTES
    judge_module._workers(os.getpid()).close()
    assert not Path(f"/proc/{pid}").exists()
    assert not verdicts(home, "left.txt").passed


def test_a_process_that_was_killed_while_it_was_idle_is_replaced(home):
    (home / "left.txt").write_text(TEXT)
    verdicts(home, "left.txt")
    process = judging_process()
    process.kill()
    process.wait()
    assert not verdicts(home, "left.txt").passed


def test_of_the_processes_that_judge_only_one_for_each_processor_stays(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    workers = judge_module._Workers(os.getpid())
    at_once = [workers._take() for _ in range(3)]
    for worker in at_once:
        workers._give_back(worker)
    assert [worker.lives() for worker in at_once] == [True, True, False]
    assert workers._take() in at_once[:2]
    workers.close()
    at_once[1].end()
    assert not any(worker.lives() for worker in at_once)
