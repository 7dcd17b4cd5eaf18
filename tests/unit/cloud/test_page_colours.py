"""The pages' colours, as the style sheet that is served has them: both themes whole, every text and edge readable."""

import asyncio
import re

import pytest

from cloud.foundation.pages import read_static

_VARIABLES = re.compile(r"--([a-z0-9-]+): (#[0-9A-F]{6});")
#: What buttons alone are filled with, and the only text that lies on it.
_FILLS = {"accent-fill": "text-on-accent", "accent-hover": "text-on-accent", "bg-hover": "text-1"}


def sheet():
    """Return the style sheet as browsers get it."""
    return bytes(asyncio.run(read_static("pages.css")).body).decode()


def themes():
    """Return the variables of the dark and of the light theme."""
    dark, light = re.findall(r":root \{ color-scheme: (?:dark|light); ([^}]*)\}", sheet())
    return {"dark": dict(_VARIABLES.findall(dark)), "light": dict(_VARIABLES.findall(light))}


def named(property_pattern):
    """Return the variables that some property is set to."""
    return set(re.findall(rf"(?:^|[;{{ ])(?:{property_pattern}):[^;}}]*var\(--([a-z0-9-]+)\)", sheet()))


def contrast(one, other):
    """Return the contrast of two colours after WCAG 2.2."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_both_themes_have_every_colour_that_is_used():
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", sheet()))
    assert {name: set(found) for name, found in themes().items()} == {"dark": used, "light": used}
    assert len(re.findall("#[0-9A-Fa-f]{3,8}", sheet())) == 2 * len(used), "a colour stands outside the themes"
    assert "@" not in sheet().replace("@media", "")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_texts_and_edges_stand_out_from_whatever_they_lie_on(theme):
    colours = themes()[theme]
    grounds = named("background") - set(_FILLS)
    texts = named("color") - {"text-on-accent"}
    edges = named("border|border-left|border-color|outline") - {"line-hair"}  # hair lines are decoration
    assert {"bg-app", "bg-panel", "bg-raised", "bg-input"} <= grounds
    assert {"text-1", "text-2", "text-3", "accent"} <= texts
    assert {"line-control", "focus", "danger", "ok"} <= edges
    pairs = [(text, ground, 4.5) for text in texts for ground in grounds]
    pairs += [(edge, ground, 3.0) for edge in edges for ground in grounds]
    pairs += [(text, fill, 4.5) for fill, text in _FILLS.items()]
    found = {(one, other): contrast(colours[one], colours[other]) for one, other, _ in pairs}
    assert {
        pair: ratio for pair, ratio in found.items() if ratio < {(a, b): least for a, b, least in pairs}[pair]
    } == {}


@pytest.mark.parametrize(("one", "other", "expected"), [("#000000", "#FFFFFF", 21.0), ("#777777", "#FFFFFF", 4.48)])
def test_contrast_is_computed_as_wcag_does(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
