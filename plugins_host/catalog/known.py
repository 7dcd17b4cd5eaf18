"""What the catalogue knows, read anew when its file has become another: a scan is noticed without a restart."""

from plugins_host.catalog.entries import PluginEntry
from plugins_host.catalog.store import CatalogStore


class KnownPlugins:
    """The plug-ins of one catalogue, by the ids that documents call them by. Any thread may ask."""

    def __init__(self, store: CatalogStore) -> None:
        self._store = store
        self._read: tuple[int, dict[str, PluginEntry]] = (0, {})

    def by_id(self) -> dict[str, PluginEntry]:
        """Return every plug-in by its device's id; of two of one id the later path's."""
        stamp = self._store.stamp
        if stamp != self._read[0]:
            self._read = stamp, {entry.device_id: entry for entry in self._store.entries().values()}
        return self._read[1]

    def entry(self, device_id: str) -> PluginEntry | None:
        """Return a plug-in, or None for one that this computer does not have."""
        return self.by_id().get(device_id)

    def effects(self) -> list[PluginEntry]:
        """Return those that sound goes in and comes out of, by name."""
        return sorted((one for one in self.by_id().values() if one.is_effect), key=lambda one: one.name.lower())
