"""Finished pictures of clips, so that painting a clip again is one copy.

A clip gets a picture when every waveform tile of it is there and while it is narrow enough; at another zoom the old
one, stretched, stands in for it. Pictures hold neither selection nor hover, and the name where the clip begins.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtGui import QPixmap

from maxbooster_desktop.project.document.state import Clip
from maxbooster_desktop.ui.arranger.shades import Shades

MAX_WIDTH_PX = 1600
_MOST_STRETCHED = 4.0
_BUDGET_BYTES = 64 * 1024 * 1024


class Look(NamedTuple):
    """Everything a clip's picture depends on besides the clip; compared by value."""

    px_per_tick: float
    width: int
    height: int
    ratio: float
    lack: str
    shades: Shades
    neighbours_fades_ms: tuple[tuple[float, ...], ...] = ()

    def is_stretched(self, other: "Look") -> bool:
        """Return whether this look is the other one at another zoom, not too far off, and at no other height."""
        zoom, fades = self.px_per_tick / other.px_per_tick, self.neighbours_fades_ms
        return (
            1 / _MOST_STRETCHED <= zoom <= _MOST_STRETCHED
            and other._replace(px_per_tick=self.px_per_tick, width=self.width, neighbours_fades_ms=fades) == self
        )


@dataclass(slots=True)
class Sprite:
    """A clip's picture and the look it was drawn in; `mark` is of the setting in which that last held."""

    clip: Clip
    look: Look
    picture: QPixmap
    mark: object = None


class Sprites:
    """Pictures by clip, least recently drawn dropped first."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[str, Sprite] = OrderedDict()
        self._bytes = 0

    def clear(self) -> None:
        """Forget every picture: tiles or audio have changed."""
        self._pictures.clear()
        self._bytes = 0

    def get(self, clip: Clip) -> Sprite | None:
        """Return what is kept of a clip, or None."""
        found = self._pictures.get(clip.id)
        if found is None or found.clip is not clip:
            return None
        self._pictures.move_to_end(clip.id)
        return found

    def put(self, sprite: Sprite) -> None:
        """Keep a clip's picture in place of the one it had."""
        self.forget(sprite.clip.id)
        self._pictures[sprite.clip.id] = sprite
        self._bytes += _bytes_of(sprite.picture)
        while self._bytes > _BUDGET_BYTES and len(self._pictures) > 1:
            self.forget(next(iter(self._pictures)))

    def forget(self, clip_id: str) -> None:
        """Drop the picture of a clip, if it has one."""
        found = self._pictures.pop(clip_id, None)
        if found is not None:
            self._bytes -= _bytes_of(found.picture)


def _bytes_of(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4
