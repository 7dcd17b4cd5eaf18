"""The theme: readable pairs, no colour written anywhere else, few style rules, sharp icons."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo

import maxbooster_desktop
from maxbooster_desktop.ui.theme.fonts import MONO_FAMILY, UI_FAMILY, mono_font, ui_font
from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.style import style_sheet
from maxbooster_desktop.ui.theme.tokens import theme
from resources import resource_path

GROUNDS = ("bg.app", "bg.panel", "bg.raised", "lane.a", "lane.b", "bg.input")


def luminance(colour: QColor) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: QColor, second: QColor) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("role", "least"),
    [
        ("text.1", 7.0),
        ("text.2", 4.5),
        ("text.3", 4.5),
        ("accent", 4.5),
        ("danger", 4.5),
        ("warn", 4.5),
        ("ok", 4.5),
        ("line.control", 3.0),
        ("focus", 3.0),
    ],
)
def test_text_and_edges_stand_out(role, least, ground):
    assert contrast(theme().colour(role), theme().colour(ground)) >= least


@pytest.mark.parametrize("fill", ["rec", "mute", "solo", "ok", "warn", "danger"])
def test_dark_text_on_state_fills(fill):
    assert contrast(theme().colour("text.on_state"), theme().colour(fill)) >= 6.0


@pytest.mark.parametrize("fill", ["accent.fill", "accent.hover"])
def test_white_text_on_the_accent(fill):
    assert contrast(theme().colour("text.on_accent"), theme().colour(fill)) >= 4.5


def test_dark_text_on_every_track_colour():
    assert all(contrast(theme().colour("text.on_state"), theme().track_colour(index)) >= 6.0 for index in range(12))


def test_no_colour_is_written_outside_the_theme():
    root = Path(maxbooster_desktop.__file__).parent
    pattern = re.compile(r"[\"']#[0-9A-Fa-f]{3,8}[\"']")
    found = [str(path) for path in root.rglob("*.py") if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_style_sheet_is_small_and_complete():
    sheet = style_sheet(theme())
    assert sheet.count("{") <= 40
    assert "@" not in sheet


def test_shipped_fonts_are_used_and_licensed(themed):
    assert QFontInfo(ui_font()).family() == UI_FAMILY
    assert QFontInfo(mono_font("clock")).family() == MONO_FAMILY
    assert QFontInfo(mono_font("clock")).pixelSize() == 20
    for name in ("OFL-Inter.txt", "OFL-JetBrainsMono.txt"):
        assert "SIL Open Font License" in resource_path("fonts", name).read_text(encoding="utf-8")
    assert "ISC License" in resource_path("icons", "LICENSE-lucide.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_drawn_at_the_screens_ratio_in_the_token_colour(themed, ratio):
    picture = icon_pixmap("play", 16, theme().colour("accent"), ratio)
    assert (picture.width(), picture.devicePixelRatio()) == (round(16 * ratio), ratio)
    image = picture.toImage()
    solid = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert solid
    assert {colour.name() for colour in solid} == {theme().colour("accent").name()}
