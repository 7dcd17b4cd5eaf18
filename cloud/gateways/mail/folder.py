"""Mail that stays here: every message becomes a file in a folder, for one machine and for tests.

A message has one file, named by its key, so sending it again changes nothing.
"""

import hashlib
import os
from dataclasses import dataclass
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
