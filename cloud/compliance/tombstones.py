"""Who was erased, beside the database: a backup from before brings them back, and this file does not let them stay.

Lines of JSON that are only ever appended: an account's id, which leads to nobody, and when. Keep it with the anchors of
the audit, not with the backups.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cloud.foundation.errors import OperatorError

_NAME = "erasures.jsonl"


class TombstonesError(OperatorError):
    """The file cannot be read."""


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The file in a data folder."""

    folder: Path

    def append(self, account_id: str, at: datetime) -> None:
        """Note, durably, that an account was erased; twice does no harm."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with open(os.open(self.folder / _NAME, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps({"account": account_id, "at": at.isoformat()}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[str]:
        """Return the accounts that were erased; a last line that was cut off while written is left out."""
        path = self.folder / _NAME
        if not path.exists():
            return []
        text = path.read_text(encoding="utf-8")
        try:
            found = [json.loads(line)["account"] for line in text[: text.rfind("\n") + 1].splitlines()]
        except (ValueError, KeyError, TypeError) as error:
            raise TombstonesError(
                f"{path} has a line that is none of ours: mend it, or erased people return."
            ) from error
        return list(dict.fromkeys(found))
