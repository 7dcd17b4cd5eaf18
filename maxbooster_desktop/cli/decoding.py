"""A project's decoded sounds for a command that plays it: all there, or a sentence about the first that is not."""

from collections.abc import Iterator
from contextlib import contextmanager

from maxbooster_desktop.cli.sounds import require_sounds
from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.project.store.project import Project


@contextmanager
def open_sounds(project: Project) -> Iterator[MediaPool]:
    """Yield the pool with every sound that a clip plays, decoded.

    Raises:
        SoundUnusableError: a file is missing.
        SoundUndecodableError: a file is damaged, or the cache has no room.
    """
    require_sounds(project)
    pool = MediaPool(project.audio, project.state.meta.sample_rate, cache_folder())
    try:
        decode_played(project.state, pool)
        yield pool
    finally:
        pool.close()
