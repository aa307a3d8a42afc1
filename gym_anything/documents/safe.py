"""Bounded unpacking of zip containers and XML, for documents that an agent may have forged.

Used by the readers of this package (ods, xlsx). Sizes are counted while unpacking; what an archive
declares about itself is only a reason to refuse it sooner.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from gym_anything.documents.errors import DocumentError

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1  # general purpose bit flag of a zip member
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises on forged input; it reads from memory, so OSError is about the data too."""


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """What one document may unpack to.

    Attributes:
        members: files in the archive.
        member_bytes: unpacked size of one file.
        total_bytes: unpacked size of all files together.
        ratio: unpacked over packed size of a file larger than `ratio_from_bytes`.
        ratio_from_bytes: below this a high ratio does no harm.
        tags: "<" characters in one XML file, an upper bound of its elements.
    """

    members: int = 2_000
    member_bytes: int = 48 << 20
    total_bytes: int = 96 << 20
    ratio: int = 200
    ratio_from_bytes: int = 1 << 20
    tags: int = 2_000_000


DEFAULT_LIMITS = UnpackLimits()


def unpack(
    data: bytes, suffixes: tuple[str, ...], limits: UnpackLimits = DEFAULT_LIMITS
) -> Mapping[str, bytes]:
    """Unpack the members of a zip archive in memory.

    Args:
        data: the archive.
        suffixes: only members whose names end so are unpacked; all members are checked.
        limits: bounds.

    Returns:
        Content by member name.

    Raises:
        DocumentError: not a zip, truncated, encrypted, a repeated name, or beyond a limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos, limits)
            wanted = [info for info in infos if info.filename.endswith(suffixes)]
            members: dict[str, bytes] = {}
            left = limits.total_bytes
            for info in wanted:
                members[info.filename] = _read_member(archive, info, min(left, limits.member_bytes))
                left -= len(members[info.filename])
            return MappingProxyType(members)
    except DocumentError:
        raise
    except _ZIP_ERRORS as error:
        raise DocumentError(f"not a readable zip container: {error}") from error


def _check_directory(infos: list[zipfile.ZipInfo], limits: UnpackLimits) -> None:
    names = [info.filename for info in infos]
    if len(names) > limits.members:
        raise DocumentError(f"{len(names)} files in the container, more than {limits.members}")
    if len(set(names)) != len(names):
        raise DocumentError("two files in the container have the same name")
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes:
        raise DocumentError(f"unpacks to {total} bytes, more than {limits.total_bytes}")
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise DocumentError(f"{info.filename!r} in the container is encrypted")
        if info.compress_type not in _METHODS:
            raise DocumentError(f"{info.filename!r} is packed by method {info.compress_type}")
        bound = limits.ratio * max(info.compress_size, 1)
        if info.file_size > limits.ratio_from_bytes and info.file_size > bound:
            raise DocumentError(f"{info.filename!r} unpacks to over {limits.ratio} times its size")


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    with archive.open(info) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise DocumentError(f"{info.filename!r} unpacks to more than {limit} bytes")
    return content


def parse_xml(data: bytes, name: str, limits: UnpackLimits = DEFAULT_LIMITS) -> etree._Element:
    """Parse UTF-8 XML with no DTD, no entities, no network and bounded depth (256) and size.

    Args:
        data: the XML.
        name: what it is, for the error.
        limits: bounds.

    Raises:
        DocumentError: not well-formed, a document type, too deep or too large.
    """
    if len(data) > limits.member_bytes or data.count(b"<") > limits.tags:
        raise DocumentError(f"{name}: XML of {len(data)} bytes is too large")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DocumentError(f"{name}: XML with a document type is refused")
    parser = etree.XMLParser(
        encoding="utf-8",  # whatever the file declares, so that the search above saw every tag
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError(f"{name}: not well-formed XML: {error}") from error
