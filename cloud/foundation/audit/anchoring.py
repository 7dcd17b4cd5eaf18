"""Heads of the audit's chains, kept outside the database: they show what a chain alone cannot.

Whoever may do anything to the database can cut a chain's end off or compute it anew. An anchor is a line in a file
that is only ever appended to: chain, number, hash, time, signed with a key that is not in the database. Ship the file
to a store that forgets nothing.
"""

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from cloud.foundation.audit.chain import canonical, moment
from cloud.foundation.tables import audit_chain


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of one chain at one moment."""

    chain: str
    seq: int
    head: str
    at: str

    def signature(self, key: bytes) -> str:
        """Return what proves that we wrote it."""
        return hmac.new(key, canonical([self.chain, self.seq, self.head, self.at]), "sha256").hexdigest()


class ForgedAnchorError(Exception):
    """A line of the file was not written by us, or was changed."""


class AnchorFile:
    """Anchors as lines of JSON."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key

    def append(self, connection: sa.Connection, at: datetime) -> list[Anchor]:
        """Write down the present head of every chain, durably."""
        query = sa.select(audit_chain.c.chain, audit_chain.c.seq, audit_chain.c.head).order_by(audit_chain.c.chain)
        anchors = [Anchor(chain, seq, head.hex(), moment(at)) for chain, seq, head in connection.execute(query)]
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{self._line(anchor)}\n" for anchor in anchors)
            file.flush()
            os.fsync(file.fileno())
        return anchors

    def read(self) -> list[Anchor]:
        """Return every anchor; raises ForgedAnchorError. A last line that was cut off while written is left out."""
        if not self._path.exists():
            return []
        text = self._path.read_text(encoding="utf-8")
        return list(self._checked(text[: text.rfind("\n") + 1].splitlines()))

    def _line(self, anchor: Anchor) -> str:
        return json.dumps([anchor.chain, anchor.seq, anchor.head, anchor.at, anchor.signature(self._key)])

    def _checked(self, lines: Iterable[str]) -> Iterable[Anchor]:
        for number, line in enumerate(lines, start=1):
            try:
                chain, seq, head, at, signature = json.loads(line)
            except ValueError as error:
                raise ForgedAnchorError(f"line {number} of {self._path} is no anchor") from error
            anchor = Anchor(chain, seq, head, at)
            if not hmac.compare_digest(signature, anchor.signature(self._key)):
                raise ForgedAnchorError(f"line {number} of {self._path} is not signed by us")
            yield anchor
