"""Where machines keep their folders, and the sweep of what a killed owner left behind.

One folder a machine, beneath one base folder a user, on a tmpfs where there is one: a framebuffer
on a disk would be written back for every repaint. The folder's name is the machine's uid, so that
`mkdir` is also the lock that keeps two machines of root from sharing a uid.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import random
import secrets
import shutil
import socket
import stat
import tempfile
from functools import cache
from pathlib import Path

from gym_anything.errors import MachineError
from gym_anything.machine.limits import MemoryGroup

RUN_DIR_VARIABLE = "GYM_ANYTHING_RUN_DIR"
FIRST_UID = 1_900_000_000  # above every range that distributions, systemd and subuid hand out
UID_COUNT = 100_000
_MIN_FREE_BYTES = 512 << 20
_LEAST_FREE_BYTES = 1 << 20
_OWNER_FILE = "owner"
_GROUP_FILE = "group"
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MS_NOSUID, _MS_NODEV, _MNT_DETACH = 2, 4, 2  # mount(2), umount(2)


def base_folder() -> Path:
    """The user's folder of machines: $GYM_ANYTHING_RUN_DIR, else on /dev/shm, else in $TMPDIR."""
    name = f"gym-anything-{os.getuid()}"
    chosen = os.environ.get(RUN_DIR_VARIABLE)
    if chosen:
        base = Path(chosen)
    elif _usable_tmpfs(Path("/dev/shm")):
        base = Path("/dev/shm") / name
    else:
        base = Path(tempfile.gettempdir()) / name
    base.mkdir(mode=0o711, parents=True, exist_ok=True)
    if base.stat().st_uid != os.getuid():
        raise MachineError(
            f"{base} belongs to another user; set {RUN_DIR_VARIABLE} to a folder of your own"
        )
    base.chmod(0o711)  # whatever the umask: machines of root run as other users
    return base


def _usable_tmpfs(folder: Path) -> bool:
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    return shutil.disk_usage(folder).free >= _MIN_FREE_BYTES


def claim_folder(base: Path) -> tuple[Path, int]:
    """Make a folder for a new machine.

    Returns:
        The folder and the uid that the machine's processes shall have on this host: one of its own
        if this process is root, otherwise this user's.

    Raises:
        MachineError: the disk is full or read-only.
    """
    while True:
        uid = FIRST_UID + random.SystemRandom().randrange(UID_COUNT)
        folder = base / str(uid)
        try:
            folder.mkdir(mode=0o711)
            folder.chmod(0o711)
            (folder / _OWNER_FILE).write_text(_identity(os.getpid()))
        except FileExistsError:
            continue
        except OSError as error:
            remove(folder)
            raise MachineError(f"{folder} cannot be written: {error}", kind="start") from error
        return folder, uid if os.getuid() == 0 else os.getuid()


def sweep(base: Path) -> list[Path]:
    """Remove the folders of machines whose owner process no longer lives; return them."""
    removed = []
    for folder in base.iterdir():
        if folder.is_dir() and not _owner_lives(folder):
            remove(folder)
            removed.append(folder)
    return removed


def _owner_lives(folder: Path) -> bool:
    try:
        recorded = (folder / _OWNER_FILE).read_text()
    except FileNotFoundError:
        # Between mkdir and the first write of a machine that is being started by another process.
        recorded = ""
    except NotADirectoryError:
        return True
    if not recorded:
        with contextlib.suppress(FileNotFoundError):
            return folder.stat().st_mtime_ns + 60_000_000_000 > _now_ns()
        return True
    return _identity(int(recorded.split()[0])) == recorded


def _now_ns() -> int:
    with tempfile.TemporaryFile() as probe:  # the file system's clock, as st_mtime has it
        return os.fstat(probe.fileno()).st_mtime_ns


def _identity(pid: int) -> str:
    """A process as "pid start-time", "" if it does not live; a recycled pid differs in the time."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else f"{pid} {fields[19]}"


def bound(folder: Path, size_bytes: int, files: int) -> bool:
    """Put a tmpfs of a certain size over a machine's new folder, where this user may.

    Args:
        folder: which.
        size_bytes: of all files together, 0 for no limit.
        files: how many, folders included.

    Returns:
        False if it may not, or there is no limit; then nothing has changed.
    """
    if os.geteuid() != 0 or not size_bytes:
        return False
    owner = (folder / _OWNER_FILE).read_text()
    options = f"size={size_bytes},nr_inodes={files},mode=711"
    target = os.fsencode(folder)
    if _libc().mount(b"tmpfs", target, b"tmpfs", _MS_NOSUID | _MS_NODEV, options.encode()):
        return False
    (folder / _OWNER_FILE).write_text(owner)  # once more, for the sweep: the first is covered now
    return True


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def trouble(folder: Path) -> str:
    """What keeps a machine's folder from being written that is not the machine's fault, else ""."""
    status = os.statvfs(folder)
    if status.f_flag & os.ST_RDONLY:
        return f"{folder} has become read-only"
    if not os.path.ismount(folder) and status.f_bavail * status.f_frsize < _LEAST_FREE_BYTES:
        return f"the disk of {folder} is full"
    return ""


def note_group(folder: Path, group: MemoryGroup) -> None:
    """Write down a machine's memory group, so that `remove` removes it with the folder."""
    (folder / _GROUP_FILE).write_text(str(group.path))


def open_planted(path: Path, flags: int) -> int:
    """Open what a machine's programs may have put in its place, and so never through a link.

    Args:
        path: at most two names below a folder that only this host can rename, such as `run`.
        flags: of open(2).

    Returns:
        A descriptor.

    Raises:
        OSError: it is missing, or it or its folder is a link.
    """
    folder = os.open(path.parent, os.O_PATH | _OPEN_FOLDER)
    try:
        return os.open(path.name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    finally:
        os.close(folder)


def connect_planted(path: Path, link: socket.socket) -> None:
    """Connect to the unix socket at a path as `open_planted` opens it; of any length, too.

    Raises:
        OSError: as `open_planted`; it is no socket, or nobody listens.
    """
    place = open_planted(path, os.O_PATH)
    try:
        if not stat.S_ISSOCK(os.fstat(place).st_mode):
            raise OSError(f"{path} is not a socket")
        link.connect(f"/proc/self/fd/{place}")
    finally:
        os.close(place)


def remove(folder: Path) -> None:
    """Remove a machine's folder with all that is in it, also where modes forbid it to the owner.

    It may be nested deeper than a recursive function could follow. Its memory group goes too.
    """
    group = folder / _GROUP_FILE
    if group.is_file():
        MemoryGroup(Path(group.read_text())).remove()
    while os.path.ismount(folder):
        if _libc().umount2(os.fsencode(folder), _MNT_DETACH):
            reason = os.strerror(ctypes.get_errno())
            raise MachineError(f"{folder} cannot be unmounted: {reason}")
    while folder.exists():
        with contextlib.suppress(FileNotFoundError):  # another process sweeps it too
            _empty(folder)
            folder.rmdir()


def _empty(folder: Path) -> None:
    """Remove what is in a folder, moving the folders found deep inside up to it first."""
    prefix = secrets.token_hex(8)  # of names that nobody can have taken
    numbers = itertools.count()
    root = os.open(folder, _OPEN_FOLDER)
    try:
        os.fchmod(root, 0o700)
        pending = _remove_files(root)
        while pending:
            name = pending.pop()
            os.chmod(name, 0o700, dir_fd=root)
            inner = os.open(name, _OPEN_FOLDER, dir_fd=root)
            try:
                for child in _remove_files(inner):
                    os.chmod(child, 0o700, dir_fd=inner)
                    raised = f".{prefix}-{next(numbers)}"
                    os.rename(child, raised, src_dir_fd=inner, dst_dir_fd=root)
                    pending.append(raised)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=root)
    finally:
        os.close(root)


def _remove_files(folder: int) -> list[str]:
    """Remove everything in a folder but the folders in it; returns their names."""
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in found if is_folder]
