"""Sounds decoded to their end, for whoever renders: all there, or a sentence about the first that is not."""

from collections.abc import Iterable
from typing import Protocol

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import Asset, AssetId, ProjectState

DECODE_TIMEOUT_S = 3_600.0


class SoundUndecodableError(MaxBoosterError):
    """A sound that is to be played is missing, damaged, or not decoded in time."""


class Decodes(Protocol):
    """Who decodes (`engine.media.pool.MediaPool`)."""

    @property
    def problems(self) -> dict[AssetId, str]:
        """One sentence for each sound that could not be decoded."""

    def require(self, assets: Iterable[Asset]) -> None:
        """Have sounds decoded."""

    def wait(self, asset_ids: Iterable[AssetId], timeout_s: float) -> bool:
        """Wait until they are done or have failed."""


def played_assets(state: ProjectState) -> list[Asset]:
    """Return the assets that some clip plays, sorted by id."""
    used = {clip.asset for clip in state.clips.values() if clip.asset is not None}
    return [state.assets[asset] for asset in sorted(used) if asset in state.assets]


def decode_played(state: ProjectState, pool: Decodes, timeout_s: float = DECODE_TIMEOUT_S) -> None:
    """Have every sound that a clip plays decoded to its end, and wait for it.

    Raises:
        SoundUndecodableError: a file is missing, damaged or shorter than it was, the cache has no room, or decoding
            took longer than `timeout_s` seconds.
    """
    assets = played_assets(state)
    pool.require(assets)
    if not pool.wait([asset.id for asset in assets], timeout_s):
        raise SoundUndecodableError(
            f"The audio was not decoded within {timeout_s:.0f} seconds; check the disk that the project is on."
        )
    problems = pool.problems
    for asset in assets:
        if asset.id in problems:
            raise SoundUndecodableError(problems[asset.id])
