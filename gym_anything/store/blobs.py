"""Blobs: contents of files, each kept once, compressed, under its SHA-256."""

from __future__ import annotations

import os
import zlib
from hashlib import sha256
from pathlib import Path

_LEVEL = 3


class Blobs:
    """A folder of contents.

    Args:
        folder: made with the first `put`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep a content; returns its SHA-256 in hexadecimal."""
        name = sha256(data).hexdigest()
        path = self._path(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{os.getpid()}-{name}.tmp")
            beside.write_bytes(zlib.compress(data, _LEVEL))
            beside.replace(path)
        return name

    def get(self, name: str, most_bytes: int) -> bytes:
        """A content.

        Args:
            name: what `put` returned.
            most_bytes: of it, unpacked.

        Raises:
            ValueError: it is not there, larger, or not what its name says.
        """
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise ValueError(f"{name!r} is no SHA-256")
        try:
            packed = self._path(name).read_bytes()
            unpack = zlib.decompressobj()
            data = unpack.decompress(packed, most_bytes + 1)
        except (OSError, zlib.error) as error:
            raise ValueError(f"blob {name} cannot be read: {error}") from error
        if len(data) > most_bytes:
            raise ValueError(f"blob {name} is larger than {most_bytes} bytes")
        if sha256(data).hexdigest() != name:
            raise ValueError(f"blob {name} is damaged: its content is another")
        return data

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name
