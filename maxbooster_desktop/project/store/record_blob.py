"""An `OpRecord` as the bytes of one row: a line of JSON, then the document's update, then the registers."""

import json
from collections.abc import Callable, Iterator, Mapping

from maxbooster_desktop.project.document.journal import OpRecord
from maxbooster_desktop.project.document.record_codec import decode_registers, encode_registers
from sync.document.codec import Value
from sync.document.grammar import Address

_HEAD = frozenset({"number", "step", "name", "kind", "origin", "when", "update_bytes"})


def encode_record(record: OpRecord) -> bytes:
    """Return a record's bytes."""
    head = {
        "number": record.number,
        "step": record.step,
        "name": record.name,
        "kind": record.kind,
        "origin": record.origin,
        "when": record.when,
        "update_bytes": len(record.update),
    }
    registers = encode_registers(record.before, record.after)
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + record.update + registers


def decode_record(blob: bytes, read_again: Callable[[], bytes] | None = None) -> OpRecord:
    """Return the record that `encode_record` made the bytes of.

    Args:
        blob: the bytes.
        read_again: fetches them once more. With it the record holds neither its update nor its registers; it reads
            the registers when somebody looks at them, for a long history is rarely walked to its beginning.

    Raises:
        ValueError: they are not a record's.
    """
    head_bytes, _, rest = blob.partition(b"\n")
    head = json.loads(head_bytes)
    if not isinstance(head, dict) or head.keys() != _HEAD or not isinstance(head["update_bytes"], int):
        raise ValueError("not the head of a record")
    end = head.pop("update_bytes")
    if read_again is not None:
        registers = _Registers(read_again)
        return OpRecord(**head, update=b"", before=_Side(registers, 0), after=_Side(registers, 1))
    before, after = decode_registers(rest[end:])
    return OpRecord(**head, update=rest[:end], before=before, after=after)


class _Registers:
    """Both sides of a record, read when they are wanted and kept from then on."""

    __slots__ = ("_read_again", "_sides")

    def __init__(self, read_again: Callable[[], bytes]) -> None:
        self._read_again: Callable[[], bytes] | None = read_again
        self._sides: tuple[Mapping[Address, Value], Mapping[Address, Value]] = ({}, {})

    def side(self, index: int) -> Mapping[Address, Value]:
        if self._read_again is not None:
            record = decode_record(self._read_again())
            self._sides, self._read_again = (record.before, record.after), None
        return self._sides[index]


class _Side(Mapping[Address, Value]):
    """The registers before (0) or after (1) a record."""

    __slots__ = ("_index", "_registers")

    def __init__(self, registers: _Registers, index: int) -> None:
        self._registers = registers
        self._index = index

    def __getitem__(self, address: Address) -> Value:
        return self._registers.side(self._index)[address]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._registers.side(self._index))

    def __len__(self) -> int:
        return len(self._registers.side(self._index))
