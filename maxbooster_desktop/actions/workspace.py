"""Opening, creating and closing projects around one studio, and remembering them. No Qt; slow parts may run anywhere.

`load` and `create` do the slow work and may run in a worker; `adopt` and `close` belong to the window's thread.
The store, the media pool and the engine are imported when first needed, so that the window shows before them.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maxbooster_desktop.actions.engine_feed import EngineFeed
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.templates import Template, build_template
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.settings.store import Settings


class ProjectNameError(MaxBoosterError):
    """A name that cannot be a folder."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A project with its decoded audio, not yet in the window."""

    project: Any
    pool: Any


def _store() -> Any:
    return importlib.import_module("maxbooster_desktop.project.store.project")


class Workspace:
    """What a window works on. One project at a time."""

    def __init__(self, studio: Studio, settings: Settings) -> None:
        self.studio, self.settings = studio, settings
        self._opened: Opened | None = None
        self._feed: EngineFeed | None = None

    def load(self, folder: Path) -> Opened:
        """Open a project folder; raises the store's errors. Slow: run it in a worker."""
        return self._with_pool(_store().open_project(folder))

    def create(self, folder: Path, template: Template) -> Opened:
        """Make a project in `folder` (its name is the folder's) from a template. Slow: run it in a worker."""
        check_name(folder.name)
        project = _store().create_project(folder, name=folder.name)
        try:
            project.do(build_template, template)
        except BaseException:
            project.close()
            raise
        return self._with_pool(project)

    def adopt(self, opened: Opened) -> None:
        """Close what is open and work on `opened` from now on."""
        self.close()
        self._opened = opened
        self.settings.remember_project(opened.project.folder)
        self.studio.attach(opened.project, opened.pool)
        engine: Any = self.studio.engine
        self._feed = EngineFeed(engine, opened.pool, self.studio.notify)
        self._stop_feed = opened.project.subscribe(self._feed.offer)
        self._feed.offer(None, opened.project.state)

    def close(self) -> None:
        """Stop, let go of the project and close it; nothing happens when none is open."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        self.studio.engine.stop()
        if self._feed is not None:
            self._stop_feed()
            self._feed.close()
            self._feed = None
        self.studio.detach()
        opened.pool.close()
        opened.project.close()

    def _with_pool(self, project: Any) -> Opened:
        pool_module = importlib.import_module("maxbooster_desktop.engine.media.pool")
        rate = project.state.meta.sample_rate
        return Opened(project, pool_module.MediaPool(project.audio, rate, cache_folder()))


def check_name(name: str) -> None:
    """Refuse names that no file system, or not every one, can hold; raises ProjectNameError."""
    if not name.strip() or name != name.strip() or name.endswith("."):
        raise ProjectNameError("A project needs a name that does not begin or end with a space or a dot.")
    wrong = sorted({sign for sign in name if sign in '<>:"/\\|?*' or ord(sign) < 32})
    if wrong:
        raise ProjectNameError(f"A project's name cannot contain {' '.join(wrong)}; choose other signs.")
