"""What goes wrong with a document that an agent made. Stands with `gym_anything.errors`.

A DocumentError is evidence about the document (missing, broken, hostile): the check fails. An error
of the host (`VerifierError`) means that nobody can say; it is never turned into a score.
"""

from __future__ import annotations

from gym_anything.errors import GymAnythingError


class DocumentError(GymAnythingError, ValueError):
    """A document is missing, broken, too large or not a plain file. The message is the evidence."""


class MissingDocumentError(DocumentError):
    """There is no such file."""
