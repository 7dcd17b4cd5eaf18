"""SoundFont 2 files as tables: the chunks of the SoundFont Technical Specification 2.04, sections 4 to 7.

A file comes from anywhere: chunks must lie inside their parents, records must fill their chunks, counts have limits and
every index of a table must rise and stay inside the next one. What does not is refused before anything is made of it.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.exchange.sampled_instrument import InstrumentRefusedError
from maxbooster_desktop.project.exchange.sound_file import shown_name

Table = npt.NDArray[np.void]

_GENERATORS = [("kind", "<u2"), ("amount", "<i2")]
_BAGS = [("generators", "<u2"), ("modulators", "<u2")]
#: Chunk: its records.
_RECORDS: dict[str, np.dtype[np.void]] = {
    "phdr": np.dtype(
        [("name", "S20"), ("preset", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("rest", "V12")],
    ),
    "pbag": np.dtype(_BAGS),
    "pgen": np.dtype(_GENERATORS),
    "inst": np.dtype([("name", "S20"), ("bag", "<u2")]),
    "ibag": np.dtype(_BAGS),
    "igen": np.dtype(_GENERATORS),
    "shdr": np.dtype(
        [
            ("name", "S20"),
            *((field, "<u4") for field in ("start", "end", "loop_start", "loop_end", "rate")),
            *(("key", "u1"), ("cents", "i1"), ("link", "<u2"), ("type", "<u2")),
        ]
    ),
}
_MOST_RECORDS = 1 << 20
_MOST_CHUNKS = 64


@dataclass(frozen=True, slots=True)
class SoundFont:
    """The tables of a file by chunk, and where its samples lie: their first byte and how many there are."""

    path: Path
    tables: dict[str, Table]
    samples_at: int
    samples: int


def read_soundfont(path: Path) -> SoundFont:
    """Return the tables of an SF2 file.

    Raises:
        InstrumentRefusedError: it is no SF2 file, is cut off, or its tables contradict each other.
    """
    try:
        with open(path, "rb") as file:
            return _read(file, path)
    except OSError as error:
        raise InstrumentRefusedError(
            f"'{shown_name(path)}' cannot be read ({error.strerror}); check the disk it is on"
        ) from error


def refused(path: Path, why: str) -> InstrumentRefusedError:
    """Return the error that says why a file cannot be used."""
    return InstrumentRefusedError(f"'{shown_name(path)}' is not a usable SoundFont: {why}; get another copy of it")


def _read(file: BinaryIO, path: Path) -> SoundFont:
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"sfbk":
        raise refused(path, "it does not begin like one")
    end = min(size, 8 + struct.unpack("<I", head[4:8])[0])
    tables: dict[str, Table] = {}
    samples_at = samples = 0
    for name, start, length in _chunks(file, 12, end, path):
        if name != "LIST" or length < 4:
            continue
        file.seek(start)
        form = file.read(4)
        for inner, at, count in _chunks(file, start + 4, start + length, path):
            if form == b"pdta" and inner in _RECORDS:
                tables[inner] = _table(file, inner, at, count, path)
            elif form == b"sdta" and inner == "smpl":
                samples_at, samples = at, count // 2
    missing = sorted(_RECORDS.keys() - tables.keys())
    if missing:
        raise refused(path, f"it lacks the table '{missing[0]}'")
    _check_indices(tables, path)
    return SoundFont(path, tables, samples_at, samples)


def _chunks(file: BinaryIO, start: int, end: int, path: Path) -> list[tuple[str, int, int]]:
    """Return (name, first byte, bytes) of the chunks between two places."""
    found: list[tuple[str, int, int]] = []
    while start + 8 <= end and len(found) < _MOST_CHUNKS:
        file.seek(start)
        name, length = struct.unpack("<4sI", file.read(8))
        if start + 8 + length > end:
            raise refused(path, "it is cut off")
        found.append((name.decode("latin-1"), start + 8, length))
        start += 8 + length + (length & 1)
    return found


def _table(file: BinaryIO, name: str, at: int, length: int, path: Path) -> Table:
    kind = _RECORDS[name]
    if length % kind.itemsize or not 1 <= length // kind.itemsize <= _MOST_RECORDS:
        raise refused(path, f"its table '{name}' has an impossible size")
    file.seek(at)
    return np.frombuffer(file.read(length), kind)


def _check_indices(tables: dict[str, Table], path: Path) -> None:
    """Refuse tables whose indices into the next table fall or lie outside it; the last record ends each table."""
    for table, index, into in (
        ("phdr", "bag", "pbag"),
        ("pbag", "generators", "pgen"),
        ("inst", "bag", "ibag"),
        ("ibag", "generators", "igen"),
    ):
        places = tables[table][index].astype(np.int64)
        if (np.diff(places) < 0).any() or places[-1] > len(tables[into]):
            raise refused(path, f"its tables '{table}' and '{into}' contradict each other")


def text_of(name: bytes) -> str:
    """Return a record's name as people read it."""
    shown = name.split(b"\0")[0].decode("latin-1").strip()
    return "".join(letter if letter.isprintable() else " " for letter in shown) or "Unnamed"
