"""Where machines keep their folders, and the sweep of what a killed owner left behind.

One folder a machine, beneath one base folder a user, on a tmpfs where there is one: a framebuffer
on a disk would be written back for every repaint. The folder's name is the machine's uid, so that
`mkdir` is also the lock that keeps two machines of root from sharing a uid.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
from pathlib import Path

from gym_anything.errors import MachineError

RUN_DIR_VARIABLE = "GYM_ANYTHING_RUN_DIR"
FIRST_UID = 1_900_000_000  # above every range that distributions, systemd and subuid hand out
UID_COUNT = 100_000
_MIN_FREE_BYTES = 512 << 20
_OWNER_FILE = "owner"


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
    """
    while True:
        uid = FIRST_UID + random.SystemRandom().randrange(UID_COUNT)
        folder = base / str(uid)
        try:
            folder.mkdir(mode=0o711)
        except FileExistsError:
            continue
        (folder / _OWNER_FILE).write_text(_identity(os.getpid()))
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


def remove(folder: Path) -> None:
    """Remove a machine's folder with all that is in it, also where modes forbid it to the owner."""

    def unlock(function: object, path: str, error: BaseException) -> None:
        if isinstance(error, FileNotFoundError):
            return
        parent = os.path.dirname(path)
        os.chmod(parent, 0o700)
        if os.path.isdir(path) and not os.path.islink(path):
            os.chmod(path, 0o700)
            shutil.rmtree(path)
        else:
            os.unlink(path)

    shutil.rmtree(folder, onerror=lambda function, path, info: unlock(function, path, info[1]))
