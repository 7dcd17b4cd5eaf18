"""Heads of the audit's chains, kept outside the database: they show what a chain alone cannot.

Whoever may do anything to the database can cut a chain's end off or compute it anew. An anchor is a line in a file
that is only ever appended to: chain, number, hash, time, signed with a key that is not in the database. Ship the file
to a store that forgets nothing.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from cloud.foundation.audit.chain import canonical, moment
from cloud.foundation.line_file import append_lines, read_lines
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
        append_lines(self._path, ([*astuple(anchor), anchor.signature(self._key)] for anchor in anchors))
        return anchors

    def read(self) -> list[Anchor]:
        """Return every anchor; raises ForgedAnchorError. A last line that was cut off while written is left out."""
        return list(self._checked())

    def _checked(self) -> Iterator[Anchor]:
        for number, line in read_lines(self._path):
            try:
                chain, seq, head, at, signature = json.loads(line)
            except ValueError as error:
                raise ForgedAnchorError(f"line {number} of {self._path} is no anchor") from error
            anchor = Anchor(chain, seq, head, at)
            if not hmac.compare_digest(signature, anchor.signature(self._key)):
                raise ForgedAnchorError(f"line {number} of {self._path} is not signed by us")
            yield anchor
