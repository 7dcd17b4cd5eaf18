"""Overlapping ranges of a comp, laid over each other: what of each is seen. The rule is in docs/document.md, "Comps".

Overlaps come from merges and from edits in the making; what is seen depends on the ranges alone.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from maxbooster_desktop.project.document.state import CompRange


def layered(ranges: Iterable[CompRange]) -> tuple[CompRange, ...]:
    """Return the pieces that are seen, sorted by start; several may share one range's id."""
    beside = sorted(ranges, key=lambda part: part.start_tick)
    if all(part.end_tick <= following.start_tick for part, following in pairwise(beside)):
        return tuple(beside)  # as nearly always
    seen: list[CompRange] = []
    for part in sorted(sorted(beside, key=lambda part: part.id, reverse=True), key=_height):
        first = bisect_left(seen, part.start_tick, key=lambda piece: piece.end_tick)
        last = bisect_left(seen, part.end_tick, key=lambda piece: piece.start_tick)
        near = [*without(seen[first:last], part.start_tick, part.end_tick), part]
        seen[first:last] = sorted(near, key=lambda piece: piece.start_tick)
    return tuple(seen)


def without(pieces: Iterable[CompRange], start_tick: int, end_tick: int) -> list[CompRange]:
    """Return what is left of pieces outside [start_tick, end_tick)."""
    left = []
    for piece in pieces:
        if piece.end_tick <= start_tick or piece.start_tick >= end_tick:
            left.append(piece)
            continue
        if piece.start_tick < start_tick:
            left.append(replace(piece, end_tick=start_tick))
        if piece.end_tick > end_tick:
            left.append(replace(piece, start_tick=end_tick))
    return left


def _height(part: CompRange) -> tuple[int, int, int]:
    return part.layer, part.start_tick, -part.end_tick
