"""Which columns of which waveform levels draw a clip: its place on screen, put into columns of the file that it plays.

What draws a whole clip is worked out once and moved along with the scrolling; of a very long clip only what shows.
"""

from collections.abc import Callable
from typing import NamedTuple

from maxbooster_desktop.project.document.state import AssetId, Clip, ProjectState
from maxbooster_desktop.ui.arranger.clip_time import spans_of
from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.hits import body_of
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.shades import Shades
from maxbooster_desktop.ui.arranger.tiles import TILE_PX, TileKey

_PLANNED_PX = 2048
_KEPT_PLANS = 4096
_TWO_LANES_FROM_PX = 58
_WAVEFORM_FROM_PX = 6


class Columns(NamedTuple):
    """Columns first..last of a level, in device pixels from its column 0 at x `base`; `top` in pixels at 1x."""

    base: int
    first: int
    last: int
    top: int

    @property
    def tiles(self) -> range:
        """The numbers of the tiles that hold these columns."""
        return range(self.first // TILE_PX, (self.last - 1) // TILE_PX + 1)


#: A level, the device x of its column 0, and which of its columns are meant: the first and the one behind the last.
Stretch = tuple[TileKey, int, int, int]


class Plan(NamedTuple):
    """The stretches that draw a whole clip while nothing changes but the scrolling."""

    clip: Clip
    depends_on: tuple[object, ...]
    scroll_px: float
    stretches: list[Stretch]


class WaveformColumns:
    """Finds the columns of clips; `pool_rate` is the rate in Hz that audio is decoded to, None for the project's."""

    def __init__(self, channels_of: Callable[[str], int], pool_rate: int | None) -> None:
        self._channels_of, self._pool_rate = channels_of, pool_rate
        # Of the state they were made for.
        self._plans: dict[str, Plan] = {}
        self._state: ProjectState | None = None

    def levels(
        self, scene: Scene, placed: Placed, shades: Shades, shown: Rect, ratio: float
    ) -> list[tuple[TileKey, Columns]]:
        """Return the levels, and the columns of them, that draw what a clip has in `shown`; none when it is too low."""
        x, y, width, height = body_of(placed.rect)
        if placed.clip.asset is None or height < _WAVEFORM_FROM_PX:
            return []
        if width > _PLANNED_PX or placed.is_preview:
            low, high = max(shown.x, pixel_of(x)), min(shown.right, max(pixel_of(x) + 1, pixel_of(x + width) - 1))
            stretches, shift = self._stretches(scene, placed, shades, (low, high), ratio), 0
        else:
            stretches, shift = self._plan(scene, placed, shades, ratio)
        first, last, found = pixel_of(shown.x * ratio), pixel_of(shown.right * ratio), []
        for look, planned, start, end in stretches:
            base = planned + shift
            left, right = max(start, first - base), min(end, last - base)
            if right > left:
                found.append((look, Columns(base, left, right, int(y))))
        return found

    def _plan(self, scene: Scene, placed: Placed, shades: Shades, ratio: float) -> tuple[list[Stretch], int]:
        """Return all stretches of a clip, worked out once, and by how many device pixels they were scrolled since."""
        clip, scroll_px = placed.clip, scene.axis.scroll_px
        depends_on = (scene.axis.px_per_tick, ratio, placed.rect.height, placed.end_tick, shades)
        if self._state is not scene.state or len(self._plans) >= _KEPT_PLANS:
            self._state = scene.state
            self._plans.clear()
        plan = self._plans.get(clip.id)
        if plan is not None and plan.clip is clip and plan.depends_on == depends_on:
            shift = (plan.scroll_px - scroll_px) * ratio
            if shift == int(shift):
                return plan.stretches, int(shift)
        low = pixel_of(placed.rect.x)
        high = max(low + 1, pixel_of(placed.rect.right) - 1)
        stretches = self._stretches(scene, placed, shades, (low, high), ratio)
        self._plans[clip.id] = Plan(clip, depends_on, scroll_px, stretches)
        return stretches, 0

    def _stretches(
        self, scene: Scene, placed: Placed, shades: Shades, sides: tuple[float, float], ratio: float
    ) -> list[Stretch]:
        """Return which columns of which levels draw a clip between two x."""
        (low, high), clip, height = sides, placed.clip, int(body_of(placed.rect).height)
        asset = AssetId(str(clip.asset))
        lanes = 2 if height >= _TWO_LANES_FROM_PX and self._channels_of(asset) > 1 else 1
        gain, pixels = round(clip.gain_db * 10), round(height * ratio)
        # Whole pixels, as the rest of the clip is drawn, and the gap before the next one.
        spans = spans_of(scene.state, clip, placed.end_tick, scene.axis, left=low, right=high, rate=self._pool_rate)
        found = []
        for index, (x0, x1, first_frame, frames_per_px) in enumerate(spans):
            left, right = max(x0, low) if index else low, min(x1, high)
            if right > left:
                scale = frames_per_px / ratio
                look = TileKey(asset, shades.wave_argb, shades.body_argb, scale, pixels, gain, lanes, ratio, 0)
                # Device x of the source's first column; whole pixels, so that tiles are copied and never resampled.
                base = pixel_of(x0 * ratio - first_frame / scale)
                found.append((look, base, pixel_of(left * ratio) - base, pixel_of(right * ratio) - base))
        return found
