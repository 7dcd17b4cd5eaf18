"""The pages of an Ogg file, looked at one by one: what was lost between them and whether they come to an end.

libsndfile reads around a damaged or missing page, fills the hole with silence or shortens the sound, and of several
streams one behind the other it reads the first; it tells none of this. Layout: RFC 3533 section 6.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_CAPTURE = b"OggS"
_HEADER_BYTES = 27
_FIRST_PAGE, _LAST_PAGE = 0x02, 0x04
_CHUNK_BYTES = 1 << 16
_REVERSED_BITS = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


@dataclass(slots=True)
class OggStream:
    """What was found: pages that are lost or damaged, streams one behind the other, and how the file ends."""

    lost_pages: int = 0
    streams: int = 0
    has_end: bool = False
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Page:
    """A whole page, or (`header` empty) something that is none."""

    header: bytes = b""
    is_cut: bool = False

    @property
    def flags(self) -> int:
        return self.header[5]

    @property
    def serial(self) -> bytes:
        return self.header[14:18]

    @property
    def number(self) -> int:
        return int.from_bytes(self.header[18:22], "little")


def read_stream(path: Path) -> OggStream:
    """Return what the pages of an Ogg file say.

    Raises:
        OSError: the file cannot be read.
    """
    found = OggStream()
    expected: dict[bytes, int] = {}
    damaged = is_in_data = 0
    with open(path, "rb") as file:
        for page in _pages(file):
            if not page.header:
                # What follows the end is not sound: tags and padding that other programs leave there.
                damaged += not page.is_cut and not found.has_end
                found.is_cut = page.is_cut and not found.has_end
                continue
            if page.flags & _FIRST_PAGE:
                found.streams += not found.streams or is_in_data
                expected[page.serial] = page.number
            is_in_data = not page.flags & _FIRST_PAGE
            found.lost_pages += max(0, page.number - expected.get(page.serial, page.number))
            expected[page.serial] = page.number + 1
            found.has_end = bool(page.flags & _LAST_PAGE)
    found.lost_pages = max(found.lost_pages, damaged)
    return found


def _pages(file: BinaryIO) -> Iterator[_Page]:
    at = 0
    while at >= 0:
        file.seek(at)
        header = file.read(_HEADER_BYTES)
        if not header:
            return
        page = _page_from(file, header)
        if page.header:
            at = file.tell()
        else:
            following = _next_capture(file, at + 1)
            # Cut where nothing follows; in the middle of a file it is damage that gives a page a wrong length.
            page = _Page(is_cut=page.is_cut and following < 0)
            at = following
        yield page


def _page_from(file: BinaryIO, header: bytes) -> _Page:
    """Read the page whose header this is; without a header in the result it is none, or not whole."""
    if header[:4] != _CAPTURE[: len(header)]:
        return _Page()
    if len(header) < _HEADER_BYTES:
        return _Page(is_cut=True)
    table = file.read(header[26])
    body = file.read(sum(table))
    if len(table) < header[26] or len(body) < sum(table):
        return _Page(is_cut=True)
    checked = header[:22] + bytes(4) + header[26:] + table + body
    return _Page(header) if page_crc(checked) == int.from_bytes(header[22:26], "little") else _Page()


def _next_capture(file: BinaryIO, start: int) -> int:
    """Return where the next page seems to begin, -1 where none does."""
    file.seek(start)
    kept = b""
    while chunk := file.read(_CHUNK_BYTES):
        place = (kept + chunk).find(_CAPTURE)
        if place >= 0:
            return start - len(kept) + place
        start += len(chunk)
        kept = (kept + chunk)[-len(_CAPTURE) + 1 :]
    return -1


def page_crc(page: bytes) -> int:
    """Return the CRC of a page whose own CRC field is 0: polynomial 0x04C11DB7, not reflected, from 0, not inverted.

    zlib's has the same polynomial, reflected and inverted at both ends: bits are turned round and its ends undone.
    """
    turned = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(turned.to_bytes(4, "little").translate(_REVERSED_BITS), "big")
