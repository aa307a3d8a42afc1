"""A seccomp filter for machines: system calls that no desktop program needs are refused.

The same filter in two forms: `program` for bubblewrap, `profile` for Docker.

The namespaces already keep the host out of reach; this closes what they leave open (keyrings and
VSOCK know no namespaces) and what has let programs out of namespaces before. A refused call fails
with EPERM, so a program that tries one goes on.

Source: seccomp(2), linux/bpf_common.h, linux/seccomp.h.
"""

from __future__ import annotations

import json
import platform
import struct
from collections.abc import Mapping

REFUSED: Mapping[str, tuple[int, int]] = {  # name: its number on (x86_64, aarch64)
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
}

FAMILIES = (1, 2, 10, 16)  # of sockets, all others are refused: UNIX, INET, INET6, NETLINK

_SOCKET = (41, 198)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH_*
_X32 = 0x4000_0000  # system calls of x86_64 with 32-bit pointers have this bit
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF_0000, 0x0005_0000 | 1  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, little-endian


def program(machine: str | None = None) -> bytes:
    """The filter as `bwrap --seccomp` reads it: an array of struct sock_filter.

    Args:
        machine: processor as `platform.machine` names it, None for this host's.

    Returns:
        b"" for a processor whose numbers are not known here; then there is no filter.
    """
    known = _ARCHITECTURES.get(machine or platform.machine())
    if known is None:
        return b""
    column, architecture = known
    numbers = [pair[column] for pair in REFUSED.values()]
    end = 4 + len(numbers) + 2 + len(FAMILIES)  # where it returns: refuse, then allow
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 0, end - 2, architecture),  # programs for another processor get nothing
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, end - 4, 0, _X32),
    ]
    for number in numbers:
        lines.append((_JUMP_EQUAL, end - len(lines) - 1, 0, number))
    lines.append((_JUMP_EQUAL, 0, end + 1 - len(lines) - 1, _SOCKET[column]))
    lines.append((_LOAD, 0, 0, _ARGUMENT))
    for family in FAMILIES:
        lines.append((_JUMP_EQUAL, end + 1 - len(lines) - 1, 0, family))
    lines += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


_NAMESPACES = (0x80, 0x20000, *(1 << bit for bit in range(25, 31)))  # CLONE_NEW* of sched.h
_PERMISSION, _NO_CALL = 1, 38  # EPERM; ENOSYS, on which libraries take clone instead of clone3


def profile(machine: str | None = None) -> str:
    """The filter as Docker reads it, in JSON.

    It also refuses new namespaces to clone, for which a machine on bubblewrap has an option.

    Args:
        machine: as for `program`.

    Returns:
        "" for a processor that is not known here; then Docker's own filter stays.
    """
    name = machine or platform.machine()
    if name not in _ARCHITECTURES:
        return ""
    others = [family for family in range(FAMILIES[-1]) if family not in FAMILIES]
    rules: list[dict[str, object]] = [
        _rule(list(REFUSED)),
        _rule(["socket"], {"index": 0, "value": FAMILIES[-1], "op": "SCMP_CMP_GT"}),
        *(_rule(["socket"], {"index": 0, "value": f, "op": "SCMP_CMP_EQ"}) for f in others),
        _rule(["clone3"], error=_NO_CALL),
    ]
    for flag in _NAMESPACES:
        masked = {"index": 0, "value": flag, "valueTwo": flag, "op": "SCMP_CMP_MASKED_EQ"}
        rules.append(_rule(["clone"], masked))
    architecture = f"SCMP_ARCH_{name.upper()}"
    whole = {"architectures": [architecture], "defaultAction": "SCMP_ACT_ALLOW", "syscalls": rules}
    return json.dumps(whole)


def _rule(
    names: list[str], condition: dict[str, object] | None = None, error: int = _PERMISSION
) -> dict[str, object]:
    rule: dict[str, object] = {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": error}
    return rule | ({"args": [condition]} if condition else {})
