"""Gives an Ogg file a fixed serial number, so that two renders of the same sound are the same file.

libsndfile draws the number from the time of day. It stands in every page, and every page has a CRC over itself
(RFC 3533 section 6).
"""

import os
from pathlib import Path

from maxbooster_desktop.project.exchange.ogg_stream import page_crc

_HEADER_BYTES = 27
_SERIAL = slice(14, 18)
_CRC = slice(22, 26)
SERIAL_NUMBER = 0x4D42


def fix_serial_number(path: Path, serial: int = SERIAL_NUMBER) -> None:
    """Rewrite the serial number of every page of a file with one logical stream, in place.

    A CRC is linear: changing four bytes changes it by the CRC of the difference followed by as many zeros as bytes
    follow. That difference is looked up per page length, so only the header of each page is read and written.
    """
    moves: dict[int, int] = {}
    with open(path, "r+b") as file:
        size, at = os.fstat(file.fileno()).st_size, 0
        while at < size:
            file.seek(at)
            header = bytearray(file.read(_HEADER_BYTES))
            table = file.read(header[26])
            length = _HEADER_BYTES + len(table) + sum(table)
            old = int.from_bytes(header[_SERIAL], "little")
            if length not in moves:
                difference = (old ^ serial).to_bytes(4, "little")
                moves[length] = page_crc(difference + bytes(length - _SERIAL.stop))
            crc = int.from_bytes(header[_CRC], "little") ^ moves[length]
            header[_SERIAL] = serial.to_bytes(4, "little")
            header[_CRC] = crc.to_bytes(4, "little")
            file.seek(at)
            file.write(header)
            at += length
