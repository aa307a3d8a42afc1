import os

import pytest

from gym_anything.documents.home import Home
from gym_anything.errors import TaskError
from gym_anything.task import Check
from gym_anything.verify import FinalState, bind

START = {"in/a.txt": b"a", "in/b.txt": b"b", "out/c.txt": b"c", ".config/x": b"x"}


@pytest.fixture
def root(tmp_path):
    home = Home(tmp_path)
    for path, data in START.items():
        home.write_bytes(path, data)
    return tmp_path


def judged(root, check, **params):
    verdict = bind(Check(f"tree.{check}", params))(FinalState(home=Home(root), initial=START))
    assert verdict.evidence
    return verdict.value == 1.0


def test_a_document_is_moved_when_its_bytes_are_elsewhere_and_gone_from_where_they_were(root):
    place = {"path": "in/a.txt", "to_path": "out/a.txt"}
    assert not judged(root, "moved", **place)
    (root / "out/a.txt").write_bytes(b"a")
    assert not judged(root, "moved", **place) and judged(root, "copied", **place)
    (root / "in/a.txt").unlink()
    assert judged(root, "moved", **place) and not judged(root, "copied", **place)
    (root / "out/a.txt").write_bytes(b"b")
    assert not judged(root, "moved", **place)


def test_two_documents_may_change_places(root):
    (root / "in/a.txt").write_bytes(b"b")
    (root / "in/b.txt").write_bytes(b"a")
    assert judged(root, "moved", path="in/a.txt", to_path="in/b.txt")


def test_a_link_is_no_copy(root):
    place = {"path": "in/a.txt", "to_path": "out/a.txt"}
    os.link(root / "in/a.txt", root / "out/a.txt")
    assert not judged(root, "copied", **place)
    (root / "out/a.txt").unlink()
    (root / "out/a.txt").symlink_to("../in/a.txt")
    assert not judged(root, "copied", **place)


def put_into_trash(root, path, name, was=None):
    trash = root / ".local/share/Trash"
    for folder in ("files", "info"):
        (trash / folder).mkdir(parents=True, exist_ok=True)
    (root / path).rename(trash / "files" / name)
    line = was or f"/home/user/{path}"
    (trash / "info" / f"{name}.trashinfo").write_text(f"[Trash Info]\nPath={line}\n")


def test_trash_is_told_from_deletion(root):
    assert not judged(root, "trashed", path="in/a.txt")
    put_into_trash(root, "in/a.txt", "a.2.txt", "/home/user/in/%61.txt")
    assert judged(root, "trashed", path="in/a.txt")
    (root / "in/b.txt").unlink()
    assert not judged(root, "trashed", path="in/b.txt")


def test_what_was_changed_before_or_comes_from_elsewhere_is_not_the_document_in_the_trash(root):
    (root / "in/a.txt").write_bytes(b"changed")
    put_into_trash(root, "in/a.txt", "a.txt")
    assert not judged(root, "trashed", path="in/a.txt")
    put_into_trash(root, "in/b.txt", "b.txt", "/home/user/out/b.txt")
    assert not judged(root, "trashed", path="in/b.txt")


def test_folders_are_told_from_files_and_symlinks(root):
    assert judged(root, "is_folder", path="in")
    assert judged(root, "is_folder", path="in", empty=False)
    assert not judged(root, "is_folder", path="in", empty=True)
    assert not judged(root, "is_folder", path="in/a.txt")
    (root / "link").symlink_to("in")
    assert not judged(root, "is_folder", path="link")


def test_permissions_are_compared_where_they_are_asked_for(root):
    (root / "in/a.txt").chmod(0o640)
    assert judged(root, "permissions", path="in/a.txt", owner="rw", group="r", others="")
    assert judged(root, "permissions", path="in/a.txt", others="")
    assert not judged(root, "permissions", path="in/a.txt", others="r")
    assert not judged(root, "permissions", path="in/none.txt", others="")
    with pytest.raises(TaskError):
        judged(root, "permissions", path="in/a.txt", owner="rwz")
    with pytest.raises(TaskError):
        judged(root, "permissions", path="in/a.txt")


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("../in/a.txt", True),
        ("/home/user/in/a.txt", True),
        ("../in/b.txt", False),
        ("/etc/passwd", False),
        ("../../../in/a.txt", False),
    ],
)
def test_a_symlink_is_judged_by_where_it_leads(root, target, wanted):
    (root / "out/link").symlink_to(target)
    assert judged(root, "links_to", path="out/link", target_path="in/a.txt") is wanted


def test_bookmarks_are_read_with_their_labels_and_escapes(root):
    file = root / ".config/gtk-3.0/bookmarks"
    file.parent.mkdir(parents=True)
    assert judged(root, "bookmarks", folders=[])
    file.write_text("file:///home/user/in Mail\nfile:///home/user/%C3%9C%20b\nsftp://host/x\n")
    assert judged(root, "bookmarks", folders=["Ü b", "in"])
    assert not judged(root, "bookmarks", folders=["in"])


def test_nothing_else_may_be_changed(root):
    assert judged(root, "unchanged_except")
    (root / ".cache").mkdir()
    assert judged(root, "unchanged_except")
    (root / "out/new").mkdir()
    assert not judged(root, "unchanged_except")
    assert judged(root, "unchanged_except", paths=["out/new"])
    assert judged(root, "unchanged_except", folder="in")


@pytest.mark.parametrize("harm", ["changed", "gone", "moved", "protected", "linked"])
def test_harm_to_another_document_is_noticed(root, harm):
    file = root / "in/b.txt"
    match harm:
        case "changed":
            file.write_bytes(b"z")
        case "gone":
            file.unlink()
        case "moved":
            file.rename(root / "out/b.txt")
        case "protected":
            file.chmod(0o444)
        case "linked":
            file.rename(root / "in/.b")
            file.symlink_to(".b")
    assert not judged(root, "unchanged_except", paths=["in/a.txt"])
    assert not judged(root, "unchanged_except", folder="in")


def test_a_hostile_home_fails_and_does_not_hang(root):
    os.mkfifo(root / "in/pipe")
    assert not judged(root, "unchanged_except")
    deep = root / "out"
    for _ in range(40):
        deep = deep / "d"
        deep.mkdir()
    assert not judged(root, "unchanged_except", paths=["in/pipe"])
    (root / ".local").mkdir()
    (root / ".local/share").symlink_to("/")
    assert not judged(root, "trashed", path="in/a.txt")
