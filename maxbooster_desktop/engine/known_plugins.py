"""The catalogue of this computer's plug-ins: light, so that a window asks without loading kernels."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from maxbooster_desktop.foundation import paths
from maxbooster_desktop.foundation.errors import MaxBoosterError
from plugins_host.catalog.known import KnownPlugins
from plugins_host.catalog.scanning import Scan, Scanned, usual_folders
from plugins_host.catalog.store import CatalogStore

Told = Callable[[int, int, str], None]


class PluginCatalogueError(MaxBoosterError):
    """A folder that was named cannot be scanned, or the catalogue not be written."""


def catalogue() -> CatalogStore:
    """Return the files of the catalogue."""
    return CatalogStore(paths.plugins_folder())


def known_plugins() -> KnownPlugins:
    """Return the plug-ins that scans have found."""
    return _known_in(paths.plugins_folder())


def scan_plugins(folders: Sequence[Path], told: Told, *, is_again: bool = False) -> list[Scanned]:
    """Look for plug-ins, without folders where they usually are and where some were found before. Slow.

    `told(done, all, path)` hears of each file before it is tried; `is_again` tries those too that failed before.
    Raises PluginCatalogueError.
    """
    for folder in folders:
        if not folder.exists():
            raise PluginCatalogueError(f"{folder} does not exist; name a folder that holds .vst3 plug-ins.")
    store = catalogue()
    found_before = dict.fromkeys(Path(path).parent for path in store.entries())
    try:
        return Scan(store, is_again=is_again, told=told).run(folders or (*usual_folders(), *found_before))
    except OSError as error:
        raise PluginCatalogueError(
            f"The list of plug-ins cannot be written ({error}); make room on the disk."
        ) from error


@cache
def _known_in(folder: Path) -> KnownPlugins:
    return KnownPlugins(CatalogStore(folder))
