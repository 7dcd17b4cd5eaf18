"""The design tokens: colours, track palette, measures and type sizes by role, read from `resources/theme/*.json`.

No other module writes a colour down; a widget asks `theme().colour("text.2")`. Role names never describe a hue,
so another theme file can replace every value. `use_theme` switches; painted widgets read tokens at paint time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtGui import QColor

from resources import resource_path


@dataclass(frozen=True)
class Theme:
    """One theme file. `colours` maps roles to Qt colour names (#RRGGBB or #AARRGGBB); measures are pixels at 1x."""

    name: str
    colours: Mapping[str, str]
    track_palette: tuple[str, ...]
    metrics: Mapping[str, int]
    type_sizes: Mapping[str, int]

    @cached_property
    def _colour_cache(self) -> dict[str, QColor]:
        return {role: QColor(value) for role, value in self.colours.items()}

    @cached_property
    def _palette_cache(self) -> tuple[QColor, ...]:
        return tuple(QColor(value) for value in self.track_palette)

    def colour(self, role: str) -> QColor:
        """Return the colour of a role; raises KeyError for a role the theme does not name."""
        return self._colour_cache[role]

    def track_colour(self, index: int) -> QColor:
        """Return the colour of a track's palette index; indices wrap around."""
        return self._palette_cache[index % len(self._palette_cache)]

    def metric(self, name: str) -> int:
        """Return a measure in pixels at 1x."""
        return self.metrics[name]

    def type_px(self, name: str) -> int:
        """Return a type size in pixels at 1x: scale, hint, base, form, tempo or clock."""
        return self.type_sizes[name]


def load_theme(file_stem: str) -> Theme:
    """Read `resources/theme/<file_stem>.json`."""
    data = json.loads(resource_path("theme", f"{file_stem}.json").read_text(encoding="utf-8"))
    return Theme(data["name"], data["colours"], tuple(data["track_palette"]), data["metrics"], data["type"])


_current: list[Theme] = []


def theme() -> Theme:
    """Return the theme in use (the dark one until another is chosen)."""
    if not _current:
        _current.append(load_theme("dark"))
    return _current[0]


def use_theme(chosen: Theme) -> None:
    """Make `chosen` the theme that every following paint reads."""
    _current[:] = [chosen]
