"""What identity needs from outside."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends mail; `key` is the same when a message is sent again."""

    def send(self, mail: Mail, key: str) -> None:
        """Hand a message over, at least once."""
        ...
