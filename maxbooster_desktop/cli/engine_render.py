"""The part of `maxbooster render` that needs the engine."""

from collections.abc import Callable
from contextlib import closing

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.files import RenderReport, render_project
from maxbooster_desktop.engine.render.offline import DEFAULT_BLOCK_FRAMES, OfflineRenderer
from maxbooster_desktop.engine.render.settings import RenderSettings
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.project.store.project import Project


def render(
    project: Project, settings: RenderSettings, block_frames: int | None, progress: Callable[[float], None]
) -> RenderReport:
    """Decode what plays in the range and render it in blocks of `block_frames`."""
    with closing(MediaPool(project.audio, project.state.meta.sample_rate, cache_folder())) as pool:
        return render_project(project.state, pool, _Renderers(block_frames), settings, progress=progress)


class _Renderers:
    """Makes offline renderers with a chosen block size (a `files.RendererFactory`)."""

    def __init__(self, block_frames: int | None) -> None:
        self._block_frames = block_frames or DEFAULT_BLOCK_FRAMES

    def __call__(
        self, state: ProjectState, pool: MediaPool, solo_track: TrackId | None, start_frame: int
    ) -> OfflineRenderer:
        """Return a fresh renderer."""
        return OfflineRenderer(
            state, pool, block_frames=self._block_frames, solo_track=solo_track, start_frame=start_frame
        )
