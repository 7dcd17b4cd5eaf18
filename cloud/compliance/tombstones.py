"""Who was erased, beside the database: a backup from before brings them back, and this file does not let them stay.

Lines of JSON that are only ever appended: an account's id, which leads to nobody, and when. Keep it with the anchors of
the audit, not with the backups.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cloud.foundation.errors import OperatorError
from cloud.foundation.line_file import append_lines, read_lines

_NAME = "erasures.jsonl"


class TombstonesError(OperatorError):
    """The file cannot be read."""


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The file in a data folder."""

    folder: Path

    def append(self, account_id: str, at: datetime) -> None:
        """Note, durably, that an account was erased; twice does no harm."""
        append_lines(self.folder / _NAME, [{"account": account_id, "at": at.isoformat()}])

    def read(self) -> list[str]:
        """Return the accounts that were erased; a last line that was cut off while written is left out."""
        path = self.folder / _NAME
        try:
            found = [json.loads(line)["account"] for _, line in read_lines(path)]
        except (ValueError, KeyError, TypeError) as error:
            raise TombstonesError(
                f"{path} has a line that is none of ours: mend it, or erased people return."
            ) from error
        return list(dict.fromkeys(found))
