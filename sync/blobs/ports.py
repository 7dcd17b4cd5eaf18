"""What transfers need from the cloud. Every method raises `sync.outbox.ports.TransportError`."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from sync.outbox.ports import RefusedError


class UploadOverError(RefusedError):
    """The upload took too long or is not known: it begins anew."""


class ContentRefusedError(RefusedError):
    """What arrived is not what was announced: it begins anew."""


class NotThereError(RefusedError):
    """There is no such project, or not for whoever is signed in."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob of a project.

    Attributes:
        hash: the BLAKE3 of its bytes.
        original: the content it stands for or was made from.
    """

    hash: str
    kind: str
    original: str
    size: int


class Cloud(Protocol):
    """The way to the cloud."""

    @property
    def host(self) -> str:
        """Return which host it leads to."""
        ...

    def have(self, hash_: str) -> bool:
        """Return whether the account has stored a blob."""
        ...

    def begin(self, blob: Blob) -> str:
        """Begin an upload and return its address."""
        ...

    def offset(self, upload: str) -> int:
        """Return how much of an upload has arrived; raises UploadOverError."""
        ...

    def part_bytes(self, upload: str) -> int | None:
        """Return how large the parts of an upload must be; None when it takes any."""
        ...

    def append(self, upload: str, offset: int, piece: bytes) -> None:
        """Send a part; raises UploadOverError, ContentRefusedError."""
        ...

    def end(self, upload: str) -> None:
        """Let the cloud forget an upload that nobody goes on with."""
        ...

    def attach(self, project_id: str, hash_: str) -> None:
        """Put a blob into a project; raises NotThereError."""
        ...

    def find(self, project_id: str, original: str, kind: str) -> list[Blob]:
        """Return what a project has of an original, newest first; raises NotThereError."""
        ...

    def all_of(self, project_id: str, originals: Collection[str] = ()) -> list[Blob]:
        """Return everything that a project has, or has of some originals; raises NotThereError."""
        ...

    def read(self, project_id: str, blob: Blob, start: int, end: int) -> bytes:
        """Return a part of a blob, neither more nor less; raises NotThereError."""
        ...
