"""Closing: what ends by `close()` can stand in a `with`. Part of no step of the flow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """A context manager that is itself what `with` gives, and is closed at its end."""

    @abstractmethod
    def close(self) -> None:
        """End it. Twice is harmless."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
