import contextlib
import errno
import os
import pickle
import socket

import pytest

from gym_anything.documents import home as home_module
from gym_anything.documents.errors import DocumentError, MissingDocumentError
from gym_anything.documents.home import Home, HomeLimits
from gym_anything.errors import TaskError, VerifierError

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root")


@pytest.fixture(params=["openat2", "stepwise"])
def home(request, tmp_path, monkeypatch):
    """A home with a file, and a secret beside it; with and without the system call."""
    if request.param == "stepwise":

        def absent(root, path, flags):
            raise OSError(errno.ENOSYS, "no such system call")

        monkeypatch.setattr(home_module, "_openat2", absent)
    root = tmp_path / "home"
    (root / "Documents").mkdir(parents=True)
    (root / "Documents" / "a.txt").write_bytes(b"hello")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_bytes(b"secret")
    return Home(root)


def test_a_file_is_read(home):
    assert home.read_bytes("Documents/a.txt") == b"hello"
    assert home.exists("Documents/a.txt")
    assert home.is_file("Documents/a.txt")


@pytest.mark.parametrize("path", ["b.txt", "Documents/b.txt", "None/a.txt", "Documents/a.txt/b"])
def test_a_missing_file_says_so(home, path):
    with pytest.raises(MissingDocumentError, match="no such file"):
        home.read_bytes(path)
    assert not home.exists(path)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret/key", "a/../../secret/key", "\0"])
def test_a_path_that_no_task_may_name_is_the_tasks_fault(home, path):
    for use in (home.read_bytes, home.exists, home.is_file, home.list, home.walk):
        with pytest.raises(TaskError, match="inside"):
            use(path)
    with pytest.raises(TaskError, match="inside"):
        home.write_bytes(path, b"")


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret/key", "a.txt", "/nowhere"])
def test_a_symlink_leads_nowhere(home, target):
    (home.root / "Documents" / "link").symlink_to(target)
    with pytest.raises(DocumentError, match="symlink"):
        home.read_bytes("Documents/link")
    assert home.exists("Documents/link")
    assert not home.is_file("Documents/link")


def test_a_folder_that_is_a_symlink_leads_nowhere(home):
    (home.root / "out").symlink_to(home.root.parent / "secret")
    for use in (home.read_bytes, home.list, home.walk):
        with pytest.raises(DocumentError):
            use("out/key" if use == home.read_bytes else "out")
    assert not home.exists("out/key")
    assert home.walk() == ("Documents/a.txt", "out")
    with pytest.raises(DocumentError):
        home.write_bytes("out/key", b"mine")
    assert (home.root.parent / "secret" / "key").read_bytes() == b"secret"


def test_a_folder_that_is_a_symlink_within_home_is_refused_too(home):
    (home.root / "alias").symlink_to("Documents")
    with pytest.raises(DocumentError):
        home.read_bytes("alias/a.txt")
    assert not home.exists("alias/a.txt")


def test_a_fifo_does_not_block(home):
    os.mkfifo(home.root / "pipe")
    with pytest.raises(DocumentError, match="FIFO"):
        home.read_bytes("pipe")
    with pytest.raises(DocumentError, match="FIFO"):
        home.write_bytes("pipe", b"")


def test_a_socket_and_a_folder_are_no_documents(home, monkeypatch):
    monkeypatch.chdir(home.root)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("sock")
        with pytest.raises(DocumentError):
            home.read_bytes("sock")
    with pytest.raises(DocumentError, match="a folder"):
        home.read_bytes("Documents")


@needs_root
def test_a_device_is_no_document(home):
    os.mknod(home.root / "zero", 0o666 | 0o020000, os.makedev(1, 5))
    with pytest.raises(DocumentError, match="character device"):
        home.read_bytes("zero")


def test_a_hard_link_is_refused(home):
    os.link(home.root.parent / "secret" / "key", home.root / "key")
    with pytest.raises(DocumentError, match="2 names"):
        home.read_bytes("key")


def test_a_sparse_file_of_ten_gigabytes_is_refused_unread(home):
    with open(home.root / "big", "wb") as stream:
        stream.truncate(10 << 30)
    with pytest.raises(DocumentError, match="10737418240 bytes, more than"):
        home.read_bytes("big")


def test_a_file_may_be_exactly_as_large_as_the_limit(home):
    small = Home(home.root, HomeLimits(file_bytes=5))
    assert small.read_bytes("Documents/a.txt") == b"hello"
    with pytest.raises(DocumentError, match="more than 4"):
        Home(home.root, HomeLimits(file_bytes=4)).read_bytes("Documents/a.txt")


def test_folders_are_listed_in_order_and_bounded(home):
    for name in ("c", "b", ".hidden"):
        home.write_bytes(f"many/{name}", b"")
    assert home.list("many") == (".hidden", "b", "c")
    assert home.list() == home.list(".") == ("Documents", "many")
    assert home.walk() == ("Documents/a.txt", "many/.hidden", "many/b", "many/c")
    bounded = Home(home.root, HomeLimits(entries=2))
    with pytest.raises(DocumentError, match="more than 2"):
        bounded.list("many")
    with pytest.raises(DocumentError, match="more than 2"):
        bounded.walk()


def test_walking_down_is_bounded_and_follows_no_loop(home):
    (home.root / "Documents" / "loop").symlink_to(home.root)
    home.write_bytes("a/b/c/d", b"")
    assert "Documents/loop" in home.walk()
    with pytest.raises(DocumentError, match="nested"):
        Home(home.root, HomeLimits(depth=2)).walk()


def test_writing_makes_folders_and_replaces_a_file(home):
    home.write_bytes("x/y/z.bin", b"one")
    home.write_bytes("x/y/z.bin", b"two")
    assert home.read_bytes("x/y/z.bin") == b"two"
    assert home.list("x/y") == ("z.bin",)
    assert (home.root / "x/y/z.bin").stat().st_mode & 0o777 == 0o644


def test_writing_onto_a_symlink_or_folder_is_refused(home):
    (home.root / "link").symlink_to(home.root.parent / "secret" / "key")
    for path in ("link", "Documents"):
        with pytest.raises(DocumentError, match="not a regular file"):
            home.write_bytes(path, b"mine")
    assert (home.root.parent / "secret" / "key").read_bytes() == b"secret"


@needs_root
def test_writing_gives_files_and_new_folders_to_their_owner(home):
    home.write_bytes("new/file", b"", owner=12_345)
    for path in ("new", "new/file"):
        status = (home.root / path).stat()
        assert (status.st_uid, status.st_gid) == (12_345, 12_345)
    assert (home.root / "Documents").stat().st_uid == 0


def test_a_home_that_is_gone_is_the_hosts_trouble(tmp_path):
    with pytest.raises(VerifierError, match="cannot be opened"):
        Home(tmp_path / "gone").read_bytes("a")


def test_a_home_crosses_to_another_process(home):
    assert pickle.loads(pickle.dumps(home)).read_bytes("Documents/a.txt") == b"hello"


def test_no_descriptor_stays_open(home):
    before = len(os.listdir("/proc/self/fd"))
    for path in ("Documents/a.txt", "none", "Documents"):
        with contextlib.suppress(DocumentError):
            home.read_bytes(path)
    home.walk()
    home.write_bytes("q/r", b"")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_document_error_is_a_value_error_and_no_task_error():
    assert issubclass(DocumentError, ValueError)
    assert not issubclass(DocumentError, TaskError)
    assert not issubclass(DocumentError, VerifierError)
