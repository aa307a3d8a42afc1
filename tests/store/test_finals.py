import os
import socket
import zlib
from dataclasses import replace

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.home import Home, HomeLimits
from gym_anything.records import Node, Window
from gym_anything.store import finals
from gym_anything.store.blobs import Blobs
from gym_anything.verify import FinalState


@pytest.fixture
def hostile(tmp_path):
    """A home with everything that an agent may leave."""
    home = tmp_path / "home"
    (home / "Documents" / "empty").mkdir(parents=True)
    (home / ".cache").mkdir()
    (home / ".cache" / "big").write_bytes(b"x")
    (home / "Documents" / "memo.txt").write_text("paid")
    os.chmod(home / "Documents" / "memo.txt", 0o600)
    (home / os.fsdecode(b"\xff\xfe name")).write_bytes(b"odd")
    os.symlink("/etc/passwd", home / "link")
    os.symlink("loop", home / "loop")
    os.mkfifo(home / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(home / "socket"))
    with (home / "sparse").open("wb") as file:
        file.truncate(10 << 30)
    (home / "twice").write_bytes(b"two names")
    os.link(home / "twice", home / "twice-2")
    return Home(home, HomeLimits(file_bytes=1 << 20))


def said(home, path):
    """What a verifier learns of a file."""
    try:
        return home.read_bytes(path)
    except DocumentError as error:
        return str(error)


def kept(state, folder, needs=frozenset()):
    blobs = Blobs(folder / "blobs")
    return finals.load(finals.keep(finals.take(state, needs), blobs), blobs), blobs


def test_a_verifier_finds_the_same_in_a_hostile_home_laid_out_again(hostile, tmp_path):
    final, blobs = kept(FinalState(home=hostile, initial={"a.txt": b"first"}), tmp_path)
    names = [name for name in hostile.list() if name != ".cache"]
    with finals.laid_out(final, blobs) as state:
        assert list(state.home.list()) == names
        assert state.home.list("Documents/empty") == ()
        for name in (*names, "Documents/memo.txt"):
            if name != "socket":  # laid out as a FIFO: neither is a regular file
                assert said(state.home, name) == said(hostile, name), name
                before, after = hostile.status(name), state.home.status(name)
                assert before.st_mode == after.st_mode, name
        assert "not a regular file" in said(state.home, "socket")
        assert state.home.link_target("link") == "/etc/passwd"
        assert state.initial == {"a.txt": b"first"}
    assert sum(path.stat().st_size for path in tmp_path.glob("blobs/*/*")) < 10_000


def test_the_live_desktop_is_kept_as_far_as_the_checks_need_it(hostile, tmp_path):
    node = Node("label", "\ud800 name", frozenset({"showing", "enabled"}), -1, (1, 2, 3, 4), "t")
    window = Window(7, "title", ("a", "A"), 3, (0, 0, 5, 5), True)
    state = FinalState(hostile, {}, "42", True, (node, replace(node, extents=None)), (window,), "c")
    final, blobs = kept(state, tmp_path, frozenset({"accessibility", "windows", "clipboard"}))
    with finals.laid_out(final, blobs) as found:
        assert replace(found, home=hostile) == state
    assert kept(state, tmp_path)[0].live == ""


def test_the_same_file_is_kept_once(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_bytes(b"the same" * 100)
        _, blobs = kept(FinalState(Home(tmp_path / name), {}), tmp_path)
    contents = [path for path in blobs.folder.glob("*/*")]
    assert len(contents) == 3  # the file and two lists


@pytest.mark.parametrize("path", ["../outside", "/tmp/outside", "link/outside", ""])
def test_a_list_that_leads_outside_is_refused(hostile, tmp_path, path):
    final, blobs = kept(FinalState(hostile, {}), tmp_path)
    link = next(entry for entry in final.entries if entry.path == "link")
    for mode in (0o100644, 0o120777, 0o010644):
        entry = replace(link, path=path, mode=mode, target=str(tmp_path))
        forged = replace(final, entries=(link, entry))
        with pytest.raises(ValueError, match="cannot be laid out"), finals.laid_out(forged, blobs):
            raise AssertionError("it was laid out")
    assert not list(tmp_path.rglob("outside"))


def test_a_home_that_is_too_large_is_not_judged_again(hostile, tmp_path, monkeypatch):
    monkeypatch.setattr(finals, "MOST_ENTRIES", 3)
    final, blobs = kept(FinalState(hostile, {}), tmp_path)
    assert "more than 3 entries" in final.left_out
    with pytest.raises(ValueError, match="not kept whole"), finals.laid_out(final, blobs):
        raise AssertionError("it was laid out")


def test_a_damaged_blob_is_noticed(tmp_path):
    blobs = Blobs(tmp_path)
    name = blobs.put(b"content")
    assert blobs.get(name, 100) == b"content"
    with pytest.raises(ValueError, match="larger than 3"):
        blobs.get(name, 3)
    path = next(tmp_path.glob("*/*"))
    path.write_bytes(zlib.compress(b"another"))
    with pytest.raises(ValueError, match="another"):
        blobs.get(name, 100)
    for other in ("../../etc/passwd", "0" * 64):
        with pytest.raises(ValueError, match=r"no SHA-256|cannot be read"):
            blobs.get(other, 100)
