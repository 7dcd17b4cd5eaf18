"""A project's decoded sounds for a command that plays it: all there, or a sentence about the first that is not."""

from collections.abc import Iterator
from contextlib import contextmanager

from maxbooster_desktop.cli.sounds import SoundUnusableError, played_assets, require_sounds
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.project.store.project import Project

DECODE_TIMEOUT_S = 3_600.0


@contextmanager
def open_sounds(project: Project) -> Iterator[MediaPool]:
    """Yield the pool with every sound that a clip plays, decoded.

    Raises:
        SoundUnusableError: a file is missing or damaged, or the cache has no room.
    """
    require_sounds(project)
    pool = MediaPool(project.audio, project.state.meta.sample_rate, cache_folder())
    try:
        assets = played_assets(project)
        pool.require(assets)
        if not pool.wait([asset.id for asset in assets], DECODE_TIMEOUT_S):
            raise SoundUnusableError("Decoding took more than an hour; check the disk that the project is on.")
        for problem in pool.problems.values():
            raise SoundUnusableError(problem)
        yield pool
    finally:
        pool.close()
