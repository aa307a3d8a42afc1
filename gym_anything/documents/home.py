"""Home: the only way host code reads or writes the home folder of an agent.

The folder is hostile: it may hold symlinks, FIFOs, devices, sparse files of ten gigabytes, or a
million entries. Every path is resolved beneath the root by the kernel (openat2), or by walking
folder descriptors with O_NOFOLLOW where the kernel is older than 5.6.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gym_anything.documents.errors import DocumentError, MissingDocumentError
from gym_anything.errors import TaskError, VerifierError

_SYS_OPENAT2 = 437  # the same number on every architecture
_RESOLVE_NO_SYMLINKS = 0x04
_RESOLVE_BENEATH = 0x08
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EPERM, errno.E2BIG, errno.EINVAL})
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR})
_HOST_TROUBLE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ENOSPC})
_OPEN_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class _OpenHow(ctypes.Structure):
    _fields_ = [  # noqa: RUF012 (the shape that ctypes asks for)
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    ]


@dataclass(frozen=True, slots=True)
class HomeLimits:
    """What host code is willing to take from a home.

    Attributes:
        file_bytes: size of the largest file that is read.
        entries: names that one `list` or `walk` returns at most.
        depth: folders below the root that `walk` enters.
    """

    file_bytes: int = 32 << 20
    entries: int = 10_000
    depth: int = 32


class Home:
    """A home folder, read and written beneath its root only. Holds no descriptor; pickles.

    Paths are relative to the root with "/" between parts ("Documents/sales.ods"). A path that no
    task may name (absolute, "..", NUL) raises TaskError in every method.

    Example:
        data = Home(machine.home).read_bytes("Documents/sales.ods")
    """

    def __init__(self, root: Path, limits: HomeLimits | None = None) -> None:
        self.root = root
        self.limits = limits or HomeLimits()

    def read_bytes(self, path: str) -> bytes:
        """Read a regular file without following any symlink.

        Raises:
            MissingDocumentError: there is no such file.
            DocumentError: a symlink on the way, not a regular file, a file with a second name
                (hard link), unreadable, or larger than `limits.file_bytes`.
            VerifierError: the host cannot read now (root gone, out of descriptors, disk error).
        """
        parts = _parts(path)
        with self._opened(path, parts, _OPEN_FILE) as descriptor:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise DocumentError(f"{path}: not a regular file ({_kind(status.st_mode)})")
            if status.st_nlink > 1:
                raise DocumentError(f"{path}: has {status.st_nlink} names (hard links)")
            limit = self.limits.file_bytes
            if status.st_size > limit:
                raise DocumentError(f"{path}: {status.st_size} bytes, more than {limit}")
            data = _read_all(path, descriptor, limit)
        if len(data) > limit:
            raise DocumentError(f"{path}: more than {limit} bytes")
        return data

    def exists(self, path: str) -> bool:
        """Whether anything has this name, a broken symlink or a FIFO included.

        False if a symlink stands on the way to it. Raises VerifierError as `read_bytes` does.
        """
        return self._status(path) is not None

    def is_file(self, path: str) -> bool:
        """Whether a regular file has this name. Raises VerifierError as `read_bytes` does."""
        status = self._status(path)
        return status is not None and stat.S_ISREG(status.st_mode)

    def status(self, path: str) -> os.stat_result | None:
        """What stands under a name, a symlink for itself; None if nothing does.

        None if a symlink stands on the way to it. Raises VerifierError as `read_bytes` does.
        """
        return self._status(path)

    def link_target(self, path: str) -> str | None:
        """Where a symlink says that it leads, None if there is no symlink of this name.

        Raises VerifierError as `read_bytes` does.
        """
        parts = _parts(path)
        if not parts:
            return None
        try:
            with self._opened(path, parts[:-1], _OPEN_FOLDER) as folder:
                return os.readlink(parts[-1], dir_fd=folder)
        except DocumentError:
            return None

    def list(self, path: str = "") -> tuple[str, ...]:
        """Names in a folder, sorted.

        Raises:
            DocumentError: no such folder, a symlink on the way, or more than `limits.entries`.
            VerifierError: as `read_bytes`.
        """
        return self._scan(path, self.limits.entries)[0]

    def walk(self, path: str = "") -> tuple[str, ...]:
        """Paths of everything below a folder that is not itself a folder, sorted.

        Symlinks are listed and never followed.

        Raises:
            DocumentError: no such folder, more than `limits.entries` entries or `limits.depth`
                nested folders.
            VerifierError: as `read_bytes`.
        """
        found: list[str] = []
        seen = 0
        pending = [(path, 0)]
        while pending:
            folder, depth = pending.pop()
            if depth > self.limits.depth:
                raise DocumentError(f"{path or '.'}: more than {self.limits.depth} nested folders")
            names, folders = self._scan(folder, self.limits.entries - seen)
            seen += len(names)
            for name in names:
                child = f"{folder}/{name}" if folder else name
                if name in folders:
                    pending.append((child, depth + 1))
                else:
                    found.append(child)
        return tuple(sorted(found))

    def write_bytes(self, path: str, data: bytes, owner: int | None = None) -> None:
        """Write a file (mode 644) atomically, making its parent folders (mode 755).

        Args:
            path: where, relative to the root.
            data: the whole content.
            owner: uid and gid of the file and of the folders made for it, None for this process's.

        Raises:
            DocumentError: a symlink on the way or at the end, or something there that is not a
                regular file.
            VerifierError: as `read_bytes`.
        """
        parts = _parts(path)
        if not parts:
            raise TaskError(f"path {path!r} names no file")
        ids = (-1, -1) if owner is None else (owner, owner)
        with _attributed(path), self._root() as root, _made_folder(root, parts[:-1], ids) as folder:
            _refuse_to_replace(path, folder, parts[-1])
            _write_beside(folder, parts[-1], data, ids)

    def _status(self, path: str) -> os.stat_result | None:
        parts = _parts(path)
        name = parts[-1] if parts else "."
        try:
            with self._opened(path, parts[:-1], _OPEN_FOLDER) as folder:
                return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except DocumentError:
            return None

    def _scan(self, path: str, limit: int) -> tuple[tuple[str, ...], frozenset[str]]:
        """Names in a folder in a fixed order, and which of them are folders."""
        with (
            self._opened(path or ".", _parts(path), _OPEN_FOLDER) as descriptor,
            os.scandir(descriptor) as entries,
        ):
            taken = tuple(itertools.islice(entries, limit + 1))
            if len(taken) > limit:
                raise DocumentError(f"{path or '.'}: more than {self.limits.entries} entries")
            folders = frozenset(e.name for e in taken if e.is_dir(follow_symlinks=False))
            return tuple(sorted(entry.name for entry in taken)), folders

    @contextmanager
    def _opened(self, path: str, parts: tuple[str, ...], flags: int) -> Iterator[int]:
        with _attributed(path), self._root() as root:
            descriptor = _open_beneath(root, parts, flags)
            try:
                yield descriptor
            finally:
                os.close(descriptor)

    @contextmanager
    def _root(self) -> Iterator[int]:
        try:
            descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise VerifierError(f"home {self.root} cannot be opened: {error.strerror}") from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _parts(path: str) -> tuple[str, ...]:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\0" in path:
        raise TaskError(f"path {path!r} must be relative to home and stay inside it")
    return pure.parts


@contextmanager
def _attributed(path: str) -> Iterator[None]:
    """Turn an OSError into what it says about the document, or about the host."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _HOST_TROUBLE:
            raise VerifierError(f"{path}: the host cannot read or write it: {reason}") from error
        if error.errno in _MISSING:
            raise MissingDocumentError(f"{path}: no such file") from error
        if error.errno in (errno.ELOOP, errno.EXDEV):
            raise DocumentError(f"{path}: leads through a symlink") from error
        raise DocumentError(f"{path}: {reason}") from error


def _open_beneath(root: int, parts: tuple[str, ...], flags: int) -> int:
    """Open a path below a folder descriptor, no symlink anywhere. Raises OSError."""
    if not parts:
        return os.open(".", flags, dir_fd=root)
    try:
        return _openat2(root, "/".join(parts), flags)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    return _open_stepwise(root, parts, flags)


def _openat2(root: int, path: str, flags: int) -> int:
    how = _OpenHow(flags, 0, _RESOLVE_NO_SYMLINKS | _RESOLVE_BENEATH)
    libc = ctypes.CDLL(None, use_errno=True)
    for _ in range(8):  # EAGAIN: something on the way was renamed meanwhile
        descriptor = libc.syscall(
            ctypes.c_long(_SYS_OPENAT2),
            ctypes.c_int(root),
            ctypes.c_char_p(os.fsencode(path)),
            ctypes.byref(how),
            ctypes.c_size_t(ctypes.sizeof(how)),
        )
        if descriptor >= 0:
            return int(descriptor)
        if ctypes.get_errno() != errno.EAGAIN:
            break
    code = ctypes.get_errno()
    raise OSError(code, os.strerror(code))


def _open_stepwise(root: int, parts: tuple[str, ...], flags: int) -> int:
    folder = os.dup(root)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _OPEN_FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1], flags, dir_fd=folder)
    finally:
        os.close(folder)


@contextmanager
def _made_folder(root: int, parts: tuple[str, ...], owner: tuple[int, int]) -> Iterator[int]:
    folder = os.dup(root)
    try:
        for part in parts:
            try:
                os.mkdir(part, 0o755, dir_fd=folder)
                made = True
            except FileExistsError:
                made = False
            inner = os.open(part, _OPEN_FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
            if made:
                os.fchown(folder, *owner)
        yield folder
    finally:
        os.close(folder)


def _refuse_to_replace(path: str, folder: int, name: str) -> None:
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(status.st_mode):
        raise DocumentError(f"{path}: is there and not a regular file ({_kind(status.st_mode)})")


def _write_beside(folder: int, name: str, data: bytes, owner: tuple[int, int]) -> None:
    """Write under another name and rename over, so that nobody sees half a file."""
    beside = f".{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(beside, flags, 0o644, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchown(descriptor, *owner)
            os.fchmod(descriptor, 0o644)
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        os.unlink(beside, dir_fd=folder)
        raise


def _read_all(path: str, descriptor: int, limit: int) -> bytes:
    """Read at most one byte more than `limit`."""
    chunks: list[bytes] = []
    size = 0
    while size <= limit:
        chunk = os.read(descriptor, min(1 << 20, limit + 1 - size))
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFLNK: "a symlink",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFSOCK: "a socket",
        stat.S_IFBLK: "a block device",
        stat.S_IFCHR: "a character device",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def any_of(names: Iterable[str]) -> re.Pattern[str]:
    """An expression that matches these names in full; "*" in one stands for any characters."""
    return re.compile("|".join(re.escape(name).replace(r"\*", "[^/]*") for name in names))
