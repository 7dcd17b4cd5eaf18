"""What is repainted and when, tiles and their cache, and pictures that hold what the state says."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect

from dsp.peaks.pyramid import add_frames
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.project.edits import clips, tracks
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import body_of
from maxbooster_desktop.ui.arranger.measuring import (
    PaintLog,
    eight_hour_state,
    hover,
    measure_far_right,
    measure_hover,
    measure_moving,
    measure_playhead,
    open_view,
    settle,
)
from maxbooster_desktop.ui.arranger.shades import clip_shades
from maxbooster_desktop.ui.arranger.synthetic import SyntheticPool, synthetic_state
from maxbooster_desktop.ui.arranger.tile_worker import TileWorker
from maxbooster_desktop.ui.arranger.tiles import TILE_PX, TileCache, TileKey, tile_of

LARGE = synthetic_state()
KEY = TileKey("sound", 0xFFFFFFFF, 0xFF000000, 1000.0, 40, 0, 1, 1.0, 0)


@pytest.fixture
def view(qapp):
    found = open_view(LARGE, SyntheticPool())
    yield found
    found.close_project()


def met(measures):
    return {measure.what: (measure.value, measure.limit) for measure in measures}


def test_the_playhead_repaints_a_narrow_strip(view):
    found = met(measure_playhead(view, frames=60))
    width, limit = found["playhead repaint width"]
    assert 0 < width <= limit == 12


def test_hovering_never_repaints_the_whole(view):
    [measure] = measure_hover(view, moves=80)
    assert measure.value == 0


def test_nothing_is_repainted_while_idle(view, qtbot):
    logs = [PaintLog(part) for part in (view.canvas, view.headers, view.ruler)]
    qtbot.wait(600)
    assert [log.rects for log in logs] == [[], [], []]


def test_moving_a_thousand_clips_costs_in_proportion(view):
    ratio = met(measure_moving(view))["cost of 1,000 clips over cost of 250"]
    assert ratio[0] <= ratio[1]


def test_only_what_shows_is_painted(view):
    lanes = view.canvas.lanes
    before = lanes.painted_clips
    view.canvas.backing.invalidate()
    view.canvas.repaint()
    shown = Rect(0, 0, view.scene.width, view.scene.height)
    expected = 0
    for row in view.scene.visible_rows():
        for clip_id in view.scene.state.clips_by_track[row.track]:
            rect = view.scene.rect_of(clip_id)
            expected += rect.x < shown.right + 1 and rect.right > -1
    assert 0 < lanes.painted_clips - before <= expected + len(view.scene.visible_rows())
    assert lanes.painted_clips - before >= expected - len(view.scene.visible_rows())


def test_scrolled_lanes_look_as_if_painted_anew(view):
    for dx, dy in ((7, 0), (130, 0), (0, 60), (-37, -60)):
        view.viewport.set_axis(view.scene.axis.scrolled_to(view.scene.axis.scroll_px + dx))
        view.viewport.set_scroll_y(view.scene.scroll_y + dy)
        settle(view)
        shifted = view.canvas.grab().toImage(), view.headers.grab().toImage()
        view.canvas.backing.invalidate()
        view.headers.backing.invalidate()
        assert view.canvas.grab().toImage() == shifted[0], (dx, dy)
        assert view.headers.grab().toImage() == shifted[1], (dx, dy)
    view.viewport.set_axis(view.scene.axis.scrolled_to(0))
    view.viewport.set_scroll_y(0)


def differing(image, other):
    pixels = [np.frombuffer(each.constBits(), np.uint32) for each in (image, other)]
    return int((pixels[0] != pixels[1]).sum())


def test_a_zoom_in_motion_asks_for_no_tiles_and_its_rest_for_all(view):
    waveforms = view.sync.waveforms
    sharp = view.canvas.grab().toImage()
    wished = []
    waveforms._worker.wish = lambda keys, wish=waveforms._worker.wish: (wished.append(len(keys)), wish(keys))
    for _ in range(4):
        view.viewport.set_axis(view.scene.axis.zoomed(1.25, 900.0))
        view.canvas.repaint()
        assert waveforms.is_zooming
    assert sum(wished) == 0
    stretched = view.canvas.grab().toImage()
    settle(view)
    assert max(wished) > 40
    drawn = view.canvas.grab().toImage()
    # Stand-ins show what the tiles will show: more alike than the view before the zoom.
    assert differing(stretched, drawn) < 0.5 * differing(sharp, drawn)
    view.viewport.set_axis(type(view.scene.axis)())
    settle(view)
    assert view.canvas.grab().toImage() == sharp


def test_a_name_stays_at_the_left_edge_while_its_clip_scrolls_out(bench):
    rect = bench.view.scene.rect_of(bench.one)
    at_rest = bench.view.canvas.grab().toImage().copy(round(rect.x), round(rect.y), 40, 15)
    bench.view.viewport.set_axis(bench.view.scene.axis.scrolled_to(rect.x + 100))
    bench.settle()
    assert bench.view.canvas.grab().toImage().copy(0, round(rect.y), 40, 15) == at_rest


def test_an_eight_hour_clip_draws_at_its_far_right(tmp_path):
    found = met(measure_far_right(str(tmp_path)))
    assert found["8 h at the deepest zoom: columns without waveform"][0] == 0


def test_the_far_right_of_a_silent_file_is_a_line_and_nothing_else():
    view = open_view(eight_hour_state(), SilentPool())
    end = view.scene.state.end_tick()
    view.viewport.set_axis(view.scene.axis.fitted(end - 40, end + 40, view.scene.width))
    settle(view)
    image = view.canvas.grab().toImage()
    clip = next(iter(view.scene.state.clips.values()))
    shades = clip_shades(view.scene.state, clip)
    body = body_of(view.scene.rect_of(clip.id))
    column = [image.pixel(view.scene.width // 2 - 300, y) for y in range(round(body.y), round(body.bottom))]
    assert column.count(shades.wave_argb) == 1
    assert set(column) == {shades.wave_argb, shades.body_argb}
    view.close_project()


class SilentPool:
    """Eight hours of zeros that take no memory to speak of."""

    def peaks(self, asset_id):
        """Return None: samples are read."""

    def samples(self, asset_id):
        """Return planar zeros."""
        return np.broadcast_to(np.float32(0), (1, 8 * 3600 * 48_000))


def test_a_tile_shows_the_peaks_it_was_given():
    worker = TileWorker(StepPool(), lambda _asset: (2, 128 * 1000), lambda _asset: 0)
    pixels = worker.draw(KEY)
    assert pixels.shape == (40, TILE_PX)
    heights = (pixels[:, :128] == 0xFFFFFFFF).sum(axis=0)
    assert set(heights[:64]) == {1}
    assert abs(int(heights[64]) - 19) <= 2
    assert set(heights[64:]) == {heights[64]}
    assert (pixels[:, 128:] == 0xFF000000).all()
    louder = worker.draw(KEY._replace(gain_decibels_x10=60))
    assert abs(int((louder[:, 100] == 0xFFFFFFFF).sum()) - 38) <= 2


class StepPool:
    """Stereo silence for 64 columns, then half scale both ways."""

    def peaks(self, asset_id):
        """Return the peaks of that."""
        loud = np.where(np.arange(128_000) < 64_000, 0.0, 0.5 * (-1.0) ** np.arange(128_000))
        samples = np.stack([loud, loud]).astype(np.float32)
        pyramid = PeakPyramid(128_000, 2)
        add_frames(samples, 0, pyramid.peaks, pyramid.starts)
        pyramid.ready_frames = 128_000
        return pyramid

    def samples(self, asset_id):
        """Return None: peaks are enough."""


class ArrivingPool(SyntheticPool):
    """Audio that comes just after its first tile was begun, which shows none of it; the word comes meanwhile."""

    def __init__(self):
        super().__init__()
        self.met, self.listeners = set(), []

    def subscribe(self, listener):
        """Hear of audio that has come."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def peaks(self, asset_id):
        """Return empty peaks the first time."""
        if asset_id in self.met:
            return super().peaks(asset_id)
        self.met.add(asset_id)
        for listener in self.listeners:
            listener(asset_id)
        return PeakPyramid(60 * 48_000, 2)


def test_audio_that_comes_while_its_tile_is_drawn_is_drawn(qapp):
    pictures = []
    for pool in (SyntheticPool(), ArrivingPool()):
        view = open_view(synthetic_state(tracks=4, clips=12), pool)
        pictures.append(view.canvas.grab().toImage())
        view.close_project()
    assert pictures[0] == pictures[1]


def test_samples_below_one_column_are_joined_and_dotted():
    samples = np.zeros((1, 64), np.float32)
    samples[0, 10] = 1.0

    class Source(StepPool):
        def samples(self, asset_id):
            """Return one click."""
            return samples

    worker = TileWorker(Source(), lambda _asset: (1, 64), lambda _asset: 0)
    pixels = worker.draw(KEY._replace(frames_per_px=0.1, height=42)) == 0xFFFFFFFF
    tops = np.array([np.flatnonzero(pixels[:, x])[0] for x in range(TILE_PX)])
    assert tops[100] <= 2
    assert abs(tops[95] - 10) <= 2
    assert pixels[20:23, 50].all()
    assert pixels[:, 45].sum() == 1


def test_the_cache_keeps_to_its_budget_and_finds_stand_ins():
    budget = 10 * 40 * TILE_PX * 4
    cache = TileCache(budget_bytes=budget)
    for number in range(30):
        cache.put(KEY._replace(number=number), tile_of(np.zeros((40, TILE_PX), np.uint32)))
        # A tile that is painted again and again stays.
        cache.level(KEY)[0].used = cache.clock
    assert 8 <= len(cache) <= 10
    assert cache.bytes == len(cache) * 40 * TILE_PX * 4 <= budget
    assert {0, 25, 26, 27, 28, 29} <= cache.level(KEY).keys()
    assert 19 not in cache.level(KEY)
    found = cache.nearest(KEY._replace(frames_per_px=500.0), 52 * TILE_PX, 53 * TILE_PX)
    assert [(start, end) for _tile, start, end in found] == [(26 * 512.0, 27 * 512.0)]
    assert cache.nearest(KEY._replace(asset="other"), 0, TILE_PX) == []


def pixel(bench, where):
    return bench.view.canvas.grab().toImage().pixelColor(where).name()


def test_pictures_follow_the_state(bench):
    body = bench.spot(bench.one, 60, 20)
    shades = clip_shades(bench.studio.state, bench.clip(bench.one))
    bench.view.canvas.grab()
    assert pixel(bench, bench.spot(bench.one, "middle", 2)) == shades.header.name()
    assert pixel(bench, body) in {shades.body.name(), shades.wave.name()}
    bench.project.do(clips.mute_clips, (bench.one,), True)
    bench.settle()
    muted = clip_shades(bench.studio.state, bench.clip(bench.one))
    assert muted.header != shades.header
    bench.project.do(clips.mute_clips, (bench.one,), False)
    bench.project.do(tracks.recolour_track, bench.a, 5)
    bench.settle()
    coloured = clip_shades(bench.studio.state, bench.clip(bench.one))
    assert pixel(bench, bench.spot(bench.one, "middle", 2)) == coloured.header.name() != shades.header.name()
    bench.studio.selection.set_clips((bench.one,))
    assert pixel(bench, bench.spot(bench.one, "middle", 0)) == "#ffffff"
    bench.studio.pool.missing = (bench.studio.state.assets[bench.asset],)
    bench.view.sync.asset_ready.emit(bench.asset)
    assert pixel(bench, bench.spot(bench.one, "middle", 2)) == coloured.header.name()
    assert bench.view.is_missing(bench.clip(bench.one))
    bench.studio.pool.missing, bench.studio.pool.arriving = (), bench.studio.pool.missing
    bench.view.sync.asset_ready.emit(bench.asset)
    assert not bench.view.is_missing(bench.clip(bench.one))
    assert bench.view._lack(bench.clip(bench.one)) == "arriving"


def test_an_edit_repaints_only_its_row(bench, qtbot):
    for _ in range(3):
        bench.view.canvas.backing.invalidate()
        bench.settle()
        qtbot.wait(60)
    log = PaintLog(bench.view.canvas)
    bench.project.do(clips.set_clip_gain, bench.one, -6.0)
    bench.settle()
    qtbot.wait(80)
    assert log.rects
    row = bench.view.scene.rect_of(bench.a)
    assert all(QRect(0, int(row.y), bench.view.canvas.width(), int(row.height)).contains(rect) for rect in log.rects)


def test_meters_repaint_only_themselves(bench, qtbot):
    from maxbooster_desktop.ui.arranger.header_painter import Levels

    bench.view.headers.show_levels({bench.a: Levels(-60.0, -60.0)})
    qtbot.wait(50)
    log = PaintLog(bench.view.headers)
    bench.view.headers.show_levels({bench.a: Levels(-6.0, -9.0)})
    qtbot.wait(50)
    meter = bench.view.headers.layout_of(bench.view.scene.rows.by_track[bench.a]).meter
    assert [rect.width() for rect in log.rects] == [meter.width]
    image = bench.view.headers.grab().toImage()
    column = {image.pixelColor(round(meter.x) + 1, y).name() for y in range(round(meter.y), round(meter.bottom))}
    assert len(column) >= 3


def test_hover_shows_the_gain_line_of_one_clip(bench):
    before = bench.view.canvas.grab().toImage()
    hover(bench.view.canvas, bench.spot(bench.one, "middle", 40))
    after = bench.view.canvas.grab().toImage()
    assert before != after
    hover(bench.view.canvas, QPoint(30, 400))
    assert bench.view.canvas.grab().toImage() == before


def test_a_tempo_change_moves_the_end_of_audio_only(bench):
    from maxbooster_desktop.project.edits import tempo

    before = bench.view.scene.rect_of(bench.one)
    bench.project.do(tempo.set_tempo, 0, 60.0)
    bench.settle()
    after = bench.view.scene.rect_of(bench.one)
    assert after.x == before.x
    assert after.width == pytest.approx(before.width / 2, abs=1)


@pytest.mark.parametrize("scroll_px", [0.0, 0.4, 37.7])
def test_the_gain_line_ends_with_its_clip(bench, scroll_px):
    bench.project.do(clips.set_clip_gain, bench.one, 6.0)
    bench.view.viewport.set_axis(bench.view.scene.axis.scrolled_to(scroll_px))
    bench.settle()
    shape = bench.view.scene.shape_of(bench.view.scene.clip_at(*bench.spot(bench.one).toTuple()))
    image = bench.view.canvas.grab().toImage()
    line, below = (
        [image.pixelColor(x, y).name() for x in range(image.width())]
        for y in (round(shape.gain_y), round(shape.rect.bottom) - 2)
    )
    gain = line[round(shape.rect.x) + 40]
    drawn = [x for x, colour in enumerate(line) if colour == gain]
    assert drawn[0] >= round(shape.rect.x)
    # A clip leaves its last pixel free, and there the lane shows, as it does in any other row.
    end = round(shape.rect.right) - 1
    assert drawn[-1] == end - 1
    assert line[end : end + 20] == below[end : end + 20]
