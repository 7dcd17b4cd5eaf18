"""The primitives of lib0's encoding, which Yjs messages are made of: varUint, bytes and text with their length.

Reading never goes beyond the bytes there are and never trusts a length: `MalformedError` is all that garbage causes.
"""

from sync.protocol.errors import MalformedError

#: The largest integer that every client can hold.
LARGEST = 2**53 - 1
_MORE = 0x80
_BITS = 0x7F


def var_uint(number: int) -> bytes:
    """Return a number of at most 53 bits, seven bits a byte, the lowest first."""
    if number <= _BITS:
        return bytes((number,))
    found = bytearray()
    while number > _BITS:
        found.append(number & _BITS | _MORE)
        number >>= 7
    found.append(number)
    return bytes(found)


def var_bytes(data: bytes) -> bytes:
    """Return bytes behind their length."""
    return var_uint(len(data)) + data


def var_text(text: str) -> bytes:
    """Return a text in UTF-8 behind its length."""
    return var_bytes(text.encode())


class Reader:
    """Reads one message from its beginning."""

    __slots__ = ("_data", "at")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self.at = data, at

    @property
    def has_more(self) -> bool:
        """Return whether there is something left."""
        return self.at < len(self._data)

    def byte(self) -> int:
        """Return the next byte."""
        if self.at >= len(self._data):
            raise MalformedError("The message ends too early.")
        self.at += 1
        return self._data[self.at - 1]

    def var_uint(self) -> int:
        """Return the next number; at most 53 bits."""
        number, shift = 0, 0
        while True:
            byte = self.byte()
            number |= (byte & _BITS) << shift
            if byte < _MORE:
                break
            shift += 7
            if shift > 56:
                raise MalformedError("A number in the message has more than 53 bits.")
        if number > LARGEST:
            raise MalformedError("A number in the message has more than 53 bits.")
        return number

    def take(self, count: int) -> bytes:
        """Return so many bytes."""
        end = self.at + count
        if end > len(self._data):
            raise MalformedError("The message ends too early.")
        self.at, start = end, self.at
        return self._data[start:end]

    def var_bytes(self) -> bytes:
        """Return bytes that stand behind their length."""
        return self.take(self.var_uint())

    def var_text(self) -> str:
        """Return a text."""
        try:
            return self.var_bytes().decode()
        except UnicodeDecodeError:
            raise MalformedError("A text in the message is not UTF-8.") from None

    def end(self) -> None:
        """Refuse anything that follows."""
        if self.has_more:
            raise MalformedError("Something follows the end of the message.")
