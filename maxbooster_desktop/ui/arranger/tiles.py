"""Waveform tiles: pictures 256 device pixels wide, kept by their exact look, least recently used dropped first.

Tiles are opaque (the waveform on the clip's body colour), so that painting one is a copy. A tile is drawn off-thread
into memory that its QImage shares, so the buffer lives as long as the image. All clips of one asset share tiles: a
tile's number counts columns from the start of the file.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

TILE_PX = 256
_KEPT_LIKENESS = 1024
_MOST_STAND_INS = 256
DEFAULT_BUDGET_BYTES = 160 * 1024 * 1024
_KEPT_SHARE = 7 / 8


class TileKey(NamedTuple):
    """What a tile looks like. `frames_per_px`, `height` and the tile's width are in device pixels."""

    asset: str
    colour: int
    ground: int
    frames_per_px: float
    height: int
    gain_decibels_x10: int
    lanes: int
    ratio: float
    number: int

    @property
    def look(self) -> "TileKey":
        """The key of the level this tile belongs to: the same for every number."""
        return self._replace(number=0)

    def at(self, number: int) -> "TileKey":
        """Return the key of another tile of this level."""
        return TileKey(*self[:-1], number)


@dataclass(slots=True)
class Tile:
    """A drawn tile; `pixels` is the memory behind `image`, `used` the cache's clock when it was last painted."""

    image: QImage
    pixels: npt.NDArray[np.uint32]
    used: int = 0


#: The tiles of one level by number.
Level = dict[int, Tile]


def tile_of(pixels: npt.NDArray[np.uint32]) -> Tile:
    """Wrap opaque pixels 0xffRRGGBB [height, width] without copying."""
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
    return Tile(image, pixels)


_NO_TILES: Level = {}


class TileCache:
    """Tiles by level and number, within a budget of bytes; used from the window's thread only.

    Whoever paints a tile sets its `used` to `clock`, which is cheaper than an order kept for every tile.
    """

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        # By asset and colour, then by look: what stands in for a level is looked for among its likes.
        self._levels: dict[tuple[str, int], dict[TileKey, Level]] = {}
        self._likeness: dict[tuple[Any, int], list[TileKey]] = {}
        self.bytes = 0
        self.clock = 0

    def __len__(self) -> int:
        """Return how many tiles are kept."""
        return sum(len(level) for looks in self._levels.values() for level in looks.values())

    def level(self, look: TileKey) -> Level:
        """Return the tiles of the level that `look` belongs to (a key with number 0); not to be changed."""
        looks = self._levels.get((look.asset, look.colour))
        return (looks.get(look) or _NO_TILES) if looks else _NO_TILES

    def put(self, key: TileKey, tile: Tile) -> None:
        """Keep a tile; beyond the budget the least recently used eighth goes."""
        level = self._levels.setdefault((key.asset, key.colour), {}).setdefault(key.look, {})
        before = level.get(key.number)
        self.clock += 1
        tile.used = self.clock
        level[key.number] = tile
        self.bytes += tile.pixels.nbytes - (before.pixels.nbytes if before else 0)
        if self.bytes > self._budget:
            self._make_room()

    def _make_room(self) -> None:
        tiles = [
            (tile.used, look, number)
            for looks in self._levels.values()
            for look, level in looks.items()
            for number, tile in level.items()
        ]
        for _used, look, number in sorted(tiles)[:-1]:
            if self.bytes <= self._budget * _KEPT_SHARE:
                return
            looks = self._levels[look.asset, look.colour]
            self.bytes -= looks[look].pop(number).pixels.nbytes
            if not looks[look]:
                del looks[look]

    def keys_of(self, asset: str) -> list[TileKey]:
        """Return the tiles kept of an asset."""
        return [
            look.at(number)
            for (owner, _colour), looks in self._levels.items()
            if owner == asset
            for look, level in looks.items()
            for number in level
        ]

    def nearest(self, wanted: TileKey, first: int, last: int) -> list[tuple[Tile, float, float]]:
        """Return stand-ins for columns first..last of level `wanted` from the cached levels that look most alike.

        Each is (tile, start, end): the columns of the wanted level that the whole stand-in covers; the best come last.
        """
        found: list[tuple[Tile, float, float]] = []
        for look in self._alike(wanted):
            level = self.level(look)
            width = TILE_PX * look.frames_per_px / wanted.frames_per_px
            low, high = math.floor(first / width), math.ceil(last / width)
            if high - low > _MOST_STAND_INS:
                continue
            more = [(level[n], n * width, (n + 1) * width) for n in range(low, high) if n in level]
            found = more + found
            if len(more) == high - low:
                break
        return found

    def _alike(self, wanted: TileKey) -> list[TileKey]:
        """Return the two cached levels most like `wanted`, remembered until the levels of its asset change."""
        levels = self._levels.get((wanted.asset, wanted.colour))
        if not levels:
            return []
        key = (wanted[:-1], len(levels))
        if key not in self._likeness:
            if len(self._likeness) > _KEPT_LIKENESS:
                self._likeness.clear()
            self._likeness[key] = sorted(levels, key=lambda look: _distance(look, wanted))[:2]
        return self._likeness[key]


def _distance(look: TileKey, wanted: TileKey) -> float:
    zoom = abs(math.log2(look.frames_per_px / wanted.frames_per_px))
    return zoom + abs(look.height - wanted.height) / 64.0 + 4.0 * (look.lanes != wanted.lanes)
