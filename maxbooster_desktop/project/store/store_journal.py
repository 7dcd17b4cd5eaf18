"""The document's journal on the op log: numbers and encodes records on the way in, decodes them on the way out."""

import functools
from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa

from maxbooster_desktop.project.document.errors import DamagedRecordError
from maxbooster_desktop.project.document.journal import OpRecord
from maxbooster_desktop.project.store.database import DamageFoundError
from maxbooster_desktop.project.store.op_log import OpLog, read_op, read_ops
from maxbooster_desktop.project.store.record_blob import decode_record, encode_record


class StoreJournal:
    """A `Journal` whose records are durable after the log's next commit; `latest` is the last one taken."""

    def __init__(self, engine: sa.Engine, log: OpLog) -> None:
        self._engine = engine
        self._log = log
        self.latest: OpRecord | None = None

    def append(self, record: OpRecord) -> int:
        """Queue a record for the next commit and return its number."""
        numbered = replace(record, number=self._log.last_number + 1)
        self.latest = numbered
        return self._log.add(encode_record(numbered))

    def records(self) -> Iterator[OpRecord]:
        """Yield every record in order, one at a time; registers of stored ones are read when they are looked at."""
        with self._engine.connect() as connection:
            for op in read_ops(connection):
                yield decode_record(op.record, functools.partial(self._read, op.number))
        for op in self._log.pending:
            yield decode_record(op.record)

    def _read(self, number: int) -> bytes:
        try:
            with self._engine.connect() as connection:
                return read_op(connection, number).record
        except DamageFoundError as damage:
            raise DamagedRecordError("A step of the history cannot be read; it can no longer be undone.") from damage
