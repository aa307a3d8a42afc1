import os

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.home import Home, HomeLimits
from gym_anything.documents.tree import (
    Entry,
    inside_home,
    link_leads_to,
    read_bookmarks,
    read_entry,
    read_trash,
    read_tree,
)
from gym_anything.errors import TaskError


def test_entries_are_told_by_kind_and_symlinks_are_not_followed(tmp_path):
    home = Home(tmp_path)
    home.write_bytes("a/b.txt", b"b")
    (tmp_path / "a/link").symlink_to("/etc")
    os.mkfifo(tmp_path / "a/pipe")
    (tmp_path / ".hidden").mkdir()
    tree = read_tree(home)
    assert {path: entry.kind for path, entry in tree.items()} == {
        "a": "folder",
        "a/b.txt": "file",
        "a/link": "symlink",
        "a/pipe": "other",
    }
    assert tree["a/link"].target == "/etc"
    assert read_entry(home, "a/b.txt") == Entry("file", 0o644)
    assert read_entry(home, "a/link/passwd") is None
    assert home.link_target("a/b.txt") is None and home.link_target("a/link") == "/etc"
    with pytest.raises(TaskError):
        read_entry(home, "../x")


def test_too_many_entries_are_refused(tmp_path):
    for number in range(12):
        (tmp_path / f"{number}").mkdir()
    with pytest.raises(DocumentError):
        read_tree(Home(tmp_path, HomeLimits(entries=8)))


def test_paths_of_the_machine_are_told_from_those_outside_of_home():
    assert inside_home("/home/user/a/../b") == "b"
    assert inside_home("/home/user") == ""
    assert inside_home("/home/username/a") is None
    assert inside_home("/home/user/../x") is None
    assert link_leads_to("a/link", "../b") == "b"
    assert link_leads_to("a/link", "../../../etc") is None


def test_trash_without_the_file_or_with_a_strange_place_counts_for_nothing(tmp_path):
    info = tmp_path / ".local/share/Trash/info"
    info.mkdir(parents=True)
    (info / "a.trashinfo").write_text("[Trash Info]\nPath=/home/user/a\n")
    (info / "b.trashinfo").write_text("[Trash Info]\nPath=/etc/b\n")
    (tmp_path / ".local/share/Trash/files").mkdir()
    (tmp_path / ".local/share/Trash/files/b").write_text("b")
    assert not read_trash(Home(tmp_path))
    (tmp_path / ".local/share/Trash/files/a").write_text("a")
    assert read_trash(Home(tmp_path)) == {"a": ".local/share/Trash/files/a"}


def test_without_a_file_there_are_no_bookmarks(tmp_path):
    assert read_bookmarks(Home(tmp_path)) == ()
