"""Waveform tiles: pictures 256 device pixels wide, kept by their exact look, least recently used dropped first.

Tiles are opaque (the waveform on the clip's body colour), so that painting one is a copy. A tile is drawn off-thread
into memory that its QImage shares, so the buffer lives as long as the image. All clips of one asset share tiles: a
tile's number counts columns from the start of the file.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

TILE_PX = 256
_KEPT_LIKENESS = 1024
_MOST_STAND_INS = 256
DEFAULT_BUDGET_BYTES = 160 * 1024 * 1024


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


@dataclass(frozen=True, slots=True)
class Tile:
    """A drawn tile; `pixels` is the memory behind `image`."""

    image: QImage
    pixels: npt.NDArray[np.uint32]


def tile_of(pixels: npt.NDArray[np.uint32]) -> Tile:
    """Wrap opaque pixels 0xffRRGGBB [height, width] without copying."""
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
    return Tile(image, pixels)


class TileCache:
    """Tiles by key, within a budget of bytes; used from the window's thread only."""

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._tiles: OrderedDict[TileKey, Tile] = OrderedDict()
        self._levels: dict[tuple[str, int], dict[TileKey, set[int]]] = {}
        self._likeness: dict[tuple[Any, int], list[TileKey]] = {}
        self.bytes = 0

    def __len__(self) -> int:
        """Return how many tiles are kept."""
        return len(self._tiles)

    def get(self, key: TileKey) -> Tile | None:
        """Return a tile and mark it used, or None."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def put(self, key: TileKey, tile: Tile) -> None:
        """Keep a tile and drop the least recently used beyond the budget."""
        if key in self._tiles:
            self._drop(key)
        self._tiles[key] = tile
        self.bytes += tile.pixels.nbytes
        self._levels.setdefault((key.asset, key.colour), {}).setdefault(key.look, set()).add(key.number)
        while self.bytes > self._budget and len(self._tiles) > 1:
            self._drop(next(iter(self._tiles)))

    def _drop(self, key: TileKey) -> None:
        self.bytes -= self._tiles.pop(key).pixels.nbytes
        levels = self._levels[key.asset, key.colour]
        levels[key.look].discard(key.number)
        if not levels[key.look]:
            del levels[key.look]

    def keys_of(self, asset: str) -> list[TileKey]:
        """Return the tiles kept of an asset."""
        return [key for key in self._tiles if key.asset == asset]

    def nearest(self, wanted: TileKey, first: int, last: int) -> list[tuple[Tile, float, float]]:
        """Return stand-ins for columns first..last of level `wanted`, from the cached level that looks most alike.

        Each is (tile, start, end): the columns of the wanted level that the whole stand-in covers.
        """
        for look in self._alike(wanted):
            width = TILE_PX * look.frames_per_px / wanted.frames_per_px
            low, high = math.floor(first / width), math.ceil(last / width)
            if high - low > _MOST_STAND_INS:
                continue
            tiles = ((number, self._tiles.get(look.at(number))) for number in range(low, high))
            found = [(tile, number * width, (number + 1) * width) for number, tile in tiles if tile is not None]
            if found:
                return found
        return []

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
