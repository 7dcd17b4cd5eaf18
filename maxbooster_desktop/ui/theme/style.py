"""The look of standard widgets: Fusion, a palette from the tokens, a small proxy style and a few style-sheet rules.

Style sheets are slow and override palettes, so at most 40 rules live here; everything painted reads tokens itself.
"""

import re

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.ui.theme.fonts import load_fonts, ui_font
from maxbooster_desktop.ui.theme.tokens import Theme, theme, use_theme
from resources import resource_path

_ROLES = {
    QPalette.ColorRole.Window: "bg.panel",
    QPalette.ColorRole.WindowText: "text.1",
    QPalette.ColorRole.Base: "bg.input",
    QPalette.ColorRole.AlternateBase: "lane.b",
    QPalette.ColorRole.Text: "text.1",
    QPalette.ColorRole.PlaceholderText: "text.3",
    QPalette.ColorRole.Button: "bg.raised",
    QPalette.ColorRole.ButtonText: "text.1",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Highlight: "accent.fill",
    QPalette.ColorRole.HighlightedText: "text.on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "bg.raised",
    QPalette.ColorRole.ToolTipText: "text.1",
    QPalette.ColorRole.Light: "bg.hover",
    QPalette.ColorRole.Midlight: "bg.raised",
    QPalette.ColorRole.Mid: "line.hair",
    QPalette.ColorRole.Dark: "bg.app",
    QPalette.ColorRole.Shadow: "bg.app",
    QPalette.ColorRole.Accent: "accent.fill",
}
_TEXT_ROLES = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette(chosen: Theme) -> QPalette:
    """Return the palette that gives standard widgets the theme's colours."""
    result = QPalette()
    for role, name in _ROLES.items():
        result.setColor(role, chosen.colour(name))
    for role in _TEXT_ROLES:
        result.setColor(QPalette.ColorGroup.Disabled, role, chosen.colour("text.off"))
    return result


def _css(colour: QColor) -> str:
    return f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, {colour.alpha()})"


def _css_icon(name: str) -> str:
    """Return a file path a style sheet can name: the icon drawn in the secondary text colour, in the cache folder."""
    path = cache_folder() / "icons" / f"{name}-{theme().colour('text.2').name()[1:]}.svg"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        source = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
        path.write_text(source.replace("currentColor", theme().colour("text.2").name()), encoding="utf-8")
    return path.as_posix()


def style_sheet(chosen: Theme) -> str:
    """Return the style sheet with `@role@` replaced by the theme's colours and `@px:name@` by its measures."""
    template = resource_path("theme", "studio.qss").read_text(encoding="utf-8")
    template = re.sub(r"@icon:([\w-]+)@", lambda hit: _css_icon(hit[1]), template)
    coloured = re.sub(r"@px:(\w+)@", lambda hit: f"{chosen.metric(hit[1])}px", template)
    return re.sub(r"@([a-z.0-9_]+)@", lambda hit: _css(chosen.colour(hit[1])), coloured)


class StudioStyle(QProxyStyle):
    """Fusion without its mouse-over flicker: quick menus, no icons in boxes, thin frames, 16 px small icons."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - Qt's own parameter name
    ) -> int:
        """Answer Qt's questions about behaviour."""
        if hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 0
        if hint == QStyle.StyleHint.SH_Menu_SubMenuPopupDelay:
            return 120
        if hint == QStyle.StyleHint.SH_EtchDisabledText:
            return 0
        if hint == QStyle.StyleHint.SH_ComboBox_AllowWheelScrolling:
            # What scrolls past under the pointer must not become another choice.
            return 0
        return int(super().styleHint(hint, option, widget, returnData))

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        """Answer Qt's questions about sizes."""
        if metric == QStyle.PixelMetric.PM_SmallIconSize:
            return theme().metric("icon")
        if metric in (QStyle.PixelMetric.PM_SplitterWidth, QStyle.PixelMetric.PM_DefaultFrameWidth):
            return 1
        return int(super().pixelMetric(metric, option, widget))


def apply_theme(application: QApplication, chosen: Theme | None = None) -> None:
    """Load fonts and give the whole application the theme's look."""
    if chosen is not None:
        use_theme(chosen)
    load_fonts()
    style = StudioStyle()
    style.setParent(application)
    application.setStyle(style)
    application.setPalette(palette(theme()))
    application.setFont(ui_font())
    application.setStyleSheet(style_sheet(theme()))
