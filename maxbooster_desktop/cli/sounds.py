"""A project's decoded sounds for a command that plays it: all there, or a sentence about the first that is not."""

from collections.abc import Iterator
from contextlib import contextmanager

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.project.store.project import Project

DECODE_TIMEOUT_S = 3_600.0


class SoundUnusableError(MaxBoosterError):
    """A sound the project plays is missing or damaged."""


@contextmanager
def open_sounds(project: Project) -> Iterator[MediaPool]:
    """Yield the pool with every sound that a clip uses, decoded.

    Raises:
        SoundUnusableError: a file is missing or damaged, or the cache has no room.
    """
    pool = MediaPool(project.audio, project.state.meta.sample_rate, cache_folder())
    try:
        _decode(pool, project)
        yield pool
    finally:
        pool.close()


def _decode(pool: MediaPool, project: Project) -> None:
    state = project.state
    used = {clip.asset for clip in state.clips.values() if clip.asset is not None}
    assets = [state.assets[asset] for asset in sorted(used) if asset in state.assets]
    pool.require(assets)
    pool.wait([asset.id for asset in assets], DECODE_TIMEOUT_S)
    missing = pool.missing
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise SoundUnusableError(
            f"The audio file of '{missing[0].name}'{more} is not in {project.audio.folder}; import it again, put it "
            "back or delete its clips."
        )
    for problem in pool.problems.values():
        raise SoundUnusableError(problem)
