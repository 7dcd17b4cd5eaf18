"""Sounds decoded to their end, for whoever renders: all there, or a sentence about the first that is not."""

import math
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.heard import everything_heard
from maxbooster_desktop.project.document.sampled import zone_assets
from maxbooster_desktop.project.document.state import Asset, AssetId, ProjectState

DECODE_TIMEOUT_S = 3_600.0
WHOLE_SONG = (0.0, math.inf)
_CHECK_S = 0.1
#: Clips are placed at whole frames: one may reach so far beyond its own seconds.
_ROUNDING_S = 0.01


class SoundUndecodableError(MaxBoosterError):
    """A sound that is to be played is missing, damaged, still on its way, or not decoded in time."""


class Decodes(Protocol):
    """Who decodes (`engine.media.pool.MediaPool`)."""

    @property
    def problems(self) -> dict[AssetId, str]:
        """One sentence for each sound that could not be decoded."""

    @property
    def arriving(self) -> tuple[Asset, ...]:
        """The sounds whose file still comes from the cloud."""

    def require(self, assets: Iterable[Asset]) -> None:
        """Have sounds decoded."""

    def wait(self, asset_ids: Iterable[AssetId], timeout_s: float) -> bool:
        """Wait until they are done or have failed."""


def played_assets(state: ProjectState, span_s: tuple[float, float] = WHOLE_SONG) -> list[Asset]:
    """Return the assets of what sounds in a span of the timeline, given in seconds; sorted by id."""
    first_s, end_s = span_s
    # Which of its sounds a sampler plays, its notes say: it needs them all.
    used = {asset for track in state.tracks.values() for asset in zone_assets(track) if asset in state.assets}
    for clip in everything_heard(state):
        asset = None if clip.asset is None else state.assets.get(clip.asset)
        if asset is not None:
            start_s = state.tempo_map.seconds_at(clip.start_tick)
            if (
                start_s - _ROUNDING_S < end_s
                and first_s < start_s + clip.length_frames / asset.sample_rate + _ROUNDING_S
            ):
                used.add(asset.id)
    return [state.assets[asset] for asset in sorted(used)]


def decode_played(
    state: ProjectState,
    pool: Decodes,
    span_s: tuple[float, float] = WHOLE_SONG,
    *,
    timeout_s: float = DECODE_TIMEOUT_S,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Have what sounds in a span decoded to their ends, and wait for it; `check` may raise meanwhile.

    Raises:
        SoundUndecodableError: a file is missing, damaged or shorter than it was, or still comes from the cloud, the
            cache has no room, or decoding took longer than `timeout_s` seconds.
    """
    assets = played_assets(state, span_s)
    pool.require(assets)
    ids, give_up_at = [asset.id for asset in assets], time.monotonic() + timeout_s
    while not pool.wait(ids, min(timeout_s, _CHECK_S)):
        check()
        if time.monotonic() > give_up_at:
            raise SoundUndecodableError(
                f"The audio was not decoded within {timeout_s:g} seconds; check the disk that the project is on."
            )
    problems, arriving = pool.problems, {asset.id for asset in pool.arriving}
    for asset in assets:
        if asset.id in problems:
            raise SoundUndecodableError(problems[asset.id])
        if asset.id in arriving:
            raise SoundUndecodableError(
                f"The sound '{asset.name}' still comes from the cloud; try again when all sounds have arrived."
            )
