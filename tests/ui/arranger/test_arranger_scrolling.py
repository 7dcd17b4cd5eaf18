"""A scrolled picture is, pixel for pixel, the one that painting everything anew gives; run as a program, it says so."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent, TempoMap
from maxbooster_desktop.ui.arranger.geometry import TimeAxis, pixel_of
from maxbooster_desktop.ui.arranger.measuring import open_view, settle
from maxbooster_desktop.ui.arranger.synthetic import BAR, SyntheticPool, synthetic_state

#: Eighths 14.5 px apart, so that half of all lines and edges lie between two pixels.
SCALES = (0.02, 29 / 960)
MOVES = ((7, 0), (131, 0), (-3, 13), (-37, -5), (60, 20), (-150, 0))


def large_state():
    """Return a project with a change of signature in sight, and one of its clips longer than any that is kept."""
    state = synthetic_state(16, 192)
    changes = TempoMap((TempoEvent(0, 128.0),), (SignatureEvent(0, 4, 4), SignatureEvent(6 * BAR, 7, 8)))
    clip = state.clips[state.clips_by_track[state.track_order[5]][0]]
    return replace(state, tempo_map=changes, clips={**state.clips, clip.id: replace(clip, length_ticks=60 * BAR)})


def pictures(view):
    """Return what each part shows, as rows of pixels."""
    found = {}
    for name in ("canvas", "ruler", "headers"):
        image = getattr(view, name).grab().toImage()
        found[name] = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()
    return found


def differing(view):
    """Return how many pixels of each part change when everything is painted anew; settles first."""
    settle(view)
    shifted = pictures(view)
    for part in (view.canvas, view.ruler, view.headers):
        part.backing.invalidate()
    anew = pictures(view)
    return {name: int((shifted[name] != anew[name]).sum()) for name in shifted}


def differences_of_scrolling():
    """Scroll by odd amounts at two zooms, with a selection and the playhead in sight; return what differed, by move."""
    view = open_view(large_state(), SyntheticPool())
    view.resize(1280, 640)
    found = {"ratio": view.canvas.devicePixelRatioF()}
    view.studio.selection.set_clips(list(view.scene.state.clips)[::7])
    view.studio.selection.set_time_range(2 * BAR + 7, 4 * BAR + 11)
    view.studio.engine.transport.position_tick = 3.3 * BAR
    for scale in SCALES:
        view.viewport.set_axis(TimeAxis(scale, 40.0))
        settle(view)
        for dx, dy in MOVES:
            view.viewport.set_axis(view.scene.axis.scrolled_to(view.scene.axis.scroll_px + dx))
            view.viewport.set_scroll_y(view.scene.scroll_y + dy)
            found[f"{scale:.4f} {dx} {dy}"] = differing(view)
    view.close_project()
    view.close()
    return found


def check(found, ratio):
    assert found.pop("ratio") == ratio
    assert len(found) == len(SCALES) * len(MOVES)
    assert {move: parts for move, parts in found.items() if any(parts.values())} == {}


def test_scrolling_by_any_amount_looks_as_if_painted_anew(qapp):
    check(differences_of_scrolling(), 1.0)


def test_scrolling_looks_as_if_painted_anew_at_a_scale_of_one_and_a_half():
    environment = os.environ | {"QT_SCALE_FACTOR": "1.5", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, __file__], check=True, stdout=subprocess.PIPE, env=environment, timeout=120)
    check(json.loads(done.stdout.splitlines()[-1]), 1.5)


def test_scrolling_paints_what_comes_into_view_and_nothing_else(qapp):
    view = open_view(large_state(), SyntheticPool())
    view.resize(640, 320)
    settle(view)
    painted, paint = [], view.canvas.backing._paint
    view.canvas.backing._paint = lambda painter, rect: (painted.append(rect), paint(painter, rect))
    width, height = view.canvas.width(), view.canvas.height()
    # Far enough for the picture to wrap round several times.
    for dx, dy in ((7, 0),) * 300 + ((0, 11),) * 40 + ((3, -5), (-9, 4)):
        painted.clear()
        view.viewport.set_axis(view.scene.axis.scrolled_to(view.scene.axis.scroll_px + dx))
        view.viewport.set_scroll_y(view.scene.scroll_y + dy)
        view.canvas.repaint()
        area = sum(rect.width() * rect.height() for rect in painted)
        assert area == width * height - (width - abs(dx)) * (height - abs(dy)), (dx, dy)
    view.close_project()
    view.close()


@pytest.mark.parametrize("scale", [0.02, 29 / 960, 1 / 3, 7.25])
def test_the_pixels_of_a_tick_keep_their_distance_wherever_the_view_is(scale):
    ticks = range(0, 40_000, 24)
    at_rest = [pixel_of(TimeAxis(scale, 0.0).x_of(tick)) for tick in ticks]
    for scroll_px in (1.0, 7.0, 1013.0, 99_999.0):
        scrolled = [pixel_of(TimeAxis(scale, scroll_px).x_of(tick)) for tick in ticks]
        assert {before - after for before, after in zip(at_rest, scrolled, strict=True)} == {int(scroll_px)}
    assert all(after >= before for before, after in pairwise(at_rest))


if __name__ == "__main__":
    print(json.dumps(differences_of_scrolling()))
