"""What can go wrong on this side; each text is a sentence that a person reads.

OutboxError
+-- DraftRefusedError      a value that the draft's field cannot hold
+-- UpdateNeededError      the cloud speaks another version: read only until the program is updated
+-- NotPossibleError       what was asked does not fit what there is
"""


class OutboxError(Exception):
    """Root of the errors of `sync.outbox`."""


class DraftRefusedError(OutboxError):
    """A change that can never be taken."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        self.field = field
        super().__init__(reason)


class UpdateNeededError(OutboxError):
    """This program is too old, or too new, for the cloud."""


class NotPossibleError(OutboxError):
    """There is nothing like that, or not in that state."""
