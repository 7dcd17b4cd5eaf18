"""Mail that stays here: every message becomes a file in a folder, for one machine and for tests.

A message has one file, named by its key, so sending it again changes nothing.
"""

import hashlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

from cloud.gateways.mail.messages import message_of
from cloud.identity.ports import Mail


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes messages as `.eml` files that their owner alone can read."""

    folder: Path
    sender: str = "Max Booster <no-reply@localhost>"

    def send(self, mail: Mail, key: str) -> None:
        """Keep a message; the second time with the same key it is there already."""
        message = message_of(mail, self.sender)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        partial = self.folder / f"{name}.partial"
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
        partial.replace(self.folder / f"{name}.eml")

    def forget(self, addresses: Collection[str]) -> int:
        """Remove every message to these addresses; return how many."""
        wanted = {address.lower() for address in addresses}
        return self._remove(lambda file: _reader_of(file) in wanted)

    def forget_before(self, moment: datetime) -> int:
        """Remove every message that is older; return how many."""
        return self._remove(lambda file: file.stat().st_mtime < moment.timestamp())

    def _remove(self, is_meant: Callable[[Path], bool]) -> int:
        found = [file for file in self.folder.glob("*.eml") if is_meant(file)]
        for file in found:
            file.unlink(missing_ok=True)
        return len(found)


def _reader_of(file: Path) -> str:
    return parseaddr(str(message_from_bytes(file.read_bytes(), policy=default)["To"]))[1].lower()
