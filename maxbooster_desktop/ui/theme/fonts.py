"""Inter for the interface, JetBrains Mono wherever digits change: loaded from resources, never from the system.

Sizes are pixels at 1x by role (`tokens.Theme.type_sizes`), so text fits the same boxes on every system.
"""

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from maxbooster_desktop.ui.theme.tokens import theme
from resources import resource_path

_FILES = (
    "Inter-Regular.ttf",
    "Inter-Medium.ttf",
    "Inter-SemiBold.ttf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Medium.ttf",
)
UI_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"


def load_fonts() -> None:
    """Register the shipped fonts with the running application; raises RuntimeError when a file is unreadable."""
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(resource_path("fonts", name))) < 0:
            raise RuntimeError(f"The font {name} could not be read; reinstall Max Booster.")


@cache
def _font(family: str, pixel_size: int, weight: int) -> QFont:
    font = QFont(family)
    font.setPixelSize(pixel_size)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if family == UI_FAMILY:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def ui_font(size: str = "base", weight: int = 400) -> QFont:
    """Return Inter at a type role's size; `weight` is 400, 500 or 600. Treat it as read-only."""
    return _font(UI_FAMILY, theme().type_px(size), weight)


def mono_font(size: str = "base", weight: int = 400) -> QFont:
    """Return JetBrains Mono at a type role's size; `weight` is 400 or 500. Treat it as read-only."""
    return _font(MONO_FAMILY, theme().type_px(size), weight)
