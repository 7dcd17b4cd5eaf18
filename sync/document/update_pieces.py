"""A whole document's update, cut into updates that are applied one after the other.

The library holds the interpreter while it applies one, and a large document takes it a second: between pieces other
threads get on. What is cut off are items that depend on nothing but those before them of the same client: values of
keys, also overwritten and deleted ones. What follows the first item of a client that overwrites another client's comes
last and in one piece, so the pieces do what the whole does, in any document.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_AT_ONCE = 1_000
#: What is longer ends the cutting: the pattern has a branch for each length. In bytes, and in items of a list.
_LONGEST_ROOT, _LONGEST_KEY, _LONGEST_VALUE, _LONGEST_IN_LIST, _LONGEST_LIST = 16, 96, 127, 32, 5


def _sized(longest: int) -> bytes:
    """Return a pattern for bytes behind their number, up to `longest` of them."""
    return b"(?:" + b"|".join(re.escape(bytes([size])) + b".{%d}" % size for size in range(longest + 1)) + b")"


def _single(longest: int) -> bytes:
    """Return a pattern for a value that is no list."""
    integer, number = rb"\x7d[\x80-\xff]*[\x00-\x7f]", rb"\x7c.{4}|[\x7a\x7b].{8}"
    return rb"(?:[\x78\x79\x7e\x7f]|" + integer + rb"|" + number + rb"|[\x74\x77]" + _sized(longest) + rb")"


def _content() -> bytes:
    """Return a pattern for one value as the content of an item."""
    item = _single(_LONGEST_IN_LIST)
    several = b"|".join(re.escape(bytes([count])) + item + b"{%d}" % count for count in range(_LONGEST_LIST + 1))
    return rb"\x01(?:" + _single(_LONGEST_VALUE) + rb"|\x75(?:" + several + rb"))"


_NUMBER = rb"[\x80-\xff]*[\x00-\x7f]"
_KEY = _sized(_LONGEST_ROOT) + _sized(_LONGEST_KEY)
# After Yjs' encoding (version 1): what gives a key of a root its first value, one or very many of them; what is gone,
# with how many clocks it takes; what overwrites a value, with the client that wrote that one.
_FIRST = re.compile(rb"\x28\x01" + _KEY + _content(), re.DOTALL)
_FIRSTS = re.compile(rb"(?>\x28\x01" + _KEY + _content() + rb"){%d}" % _AT_ONCE, re.DOTALL)
_GONE = re.compile(rb"(?:\x00|\x21\x01" + _KEY + rb")(" + _NUMBER + rb")", re.DOTALL)
_NEXT = re.compile(
    rb"(?:\xa8(?P<value>" + _NUMBER + rb")" + _NUMBER + _content() +
    rb"|\xa1(?P<gone>" + _NUMBER + rb")" + _NUMBER + rb"(?P<clocks>" + _NUMBER + rb"))",
    re.DOTALL,
)  # fmt: skip


class _Run(NamedTuple):
    """Items of one client that lie behind each other: how many, the clocks they take, and where they end."""

    items: int
    clocks: int
    end: int


def pieces(update: bytes) -> Iterator[bytes]:
    """Yield updates that do one after the other what `update` does; of bytes that are no update, these bytes."""
    try:
        yield from _cut(update)
    except IndexError:
        yield update


def _cut(update: bytes) -> Iterator[bytes]:
    clients, at = _number(update, 0)
    last: list[bytes] = []
    for left in range(clients, 0, -1):
        items, at = _number(update, at)
        start = at
        _, at = _number(update, at)
        own = update[start:at]
        clock, at = _number(update, at)
        while items and (run := _run(update, at, min(items, _AT_ONCE), own)).items:
            yield b"\x01" + _header(run.items, own, clock) + update[at : run.end] + b"\x00"
            items, clock, at = items - run.items, clock + run.clocks, run.end
        if items:
            rest = _run(update, at, items, None)
            head = _header(items, own, clock)
            if rest.items < items:
                yield varint(len(last) + left) + b"".join(last) + head + update[at:]
                return
            last.append(head + update[at : rest.end])
            at = rest.end
    # Behind the last items are the ids that it deletes.
    yield varint(len(last)) + b"".join(last) + update[at:]


def _run(update: bytes, at: int, most: int, own: bytes | None) -> _Run:
    """Return the items from `at` on, at most so many, that overwrite values of client `own` only (None: of any)."""
    if most == _AT_ONCE and (found := _FIRSTS.match(update, at)) is not None:
        return _Run(most, most, found.end())
    items = clocks = 0
    while items < most:
        taken = 1
        if (found := _FIRST.match(update, at)) is None:
            if (found := _GONE.match(update, at)) is not None:
                taken = _number(found[1], 0)[0]
            elif (found := _NEXT.match(update, at)) is not None:
                if own is not None and own != (found["value"] or found["gone"]):
                    break
                taken = _number(found["clocks"], 0)[0] if found["clocks"] else 1
            else:
                break
        items, clocks, at = items + 1, clocks + taken, found.end()
    return _Run(items, clocks, at)


def _number(update: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place behind it; raises IndexError behind the end."""
    found = shift = 0
    while (byte := update[at]) > 0x7F:
        found, shift, at = found | (byte & 0x7F) << shift, shift + 7, at + 1
    return found | byte << shift, at + 1


def _header(items: int, client: bytes, clock: int) -> bytes:
    return varint(items) + client + varint(clock)


def varint(number: int) -> bytes:
    """Return a number as updates hold it: seven bits a byte, lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
