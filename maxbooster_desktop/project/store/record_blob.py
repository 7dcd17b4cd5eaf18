"""An `OpRecord` as the bytes of one row: a line of JSON, then the document's update, then the registers."""

import json

from maxbooster_desktop.project.document.journal import OpRecord
from maxbooster_desktop.project.document.record_codec import decode_registers, encode_registers


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


def decode_record(blob: bytes) -> OpRecord:
    """Return the record that `encode_record` made the bytes of.

    Raises:
        ValueError: they are not a record's.
    """
    head_bytes, _, rest = blob.partition(b"\n")
    head = json.loads(head_bytes)
    end = head.pop("update_bytes")
    before, after = decode_registers(rest[end:])
    return OpRecord(**head, update=rest[:end], before=before, after=after)
