"""A take grows in the lanes while it is recorded: where it was played, with its waveform, at the cost of a strip."""

import numpy as np
import pytest
from PySide6.QtCore import QObject

from maxbooster_desktop.engine.record.live_peaks import LivePeaks
from maxbooster_desktop.engine.record.recorder import Growing
from maxbooster_desktop.ui.arranger.hits import CLIP_HEADER_PX
from maxbooster_desktop.ui.arranger.synthetic import RATE
from maxbooster_desktop.ui.theme.tokens import theme

#: 192 px a bar of two seconds.
PX_PER_S = 96


class Exposed(QObject):
    """Hears which regions of a widget were painted."""

    def __init__(self, widget):
        super().__init__(widget)
        self.widths = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        if event.type() == event.Type.Paint:
            self.widths.append(event.rect().width())
        return False


@pytest.fixture
def recording(bench, monkeypatch):
    """A pass on Vox from second 2 on; `bench.record(seconds)` records a square wave of half scale for as long."""
    peaks, frames = LivePeaks(), 0

    def record(seconds):
        nonlocal frames
        peaks.add(np.where(np.arange(round(seconds * RATE)) % 100 < 50, 0.5, -0.5).astype(np.float32)[:, None])
        frames += round(seconds * RATE)
        bench.view.following.place()
        bench.qtbot.wait(1)

    bench.engine.sample_rate = RATE
    takes = bench.studio.takes
    monkeypatch.setattr(takes, "growing", lambda: (Growing(bench.c, 2 * RATE, frames, peaks),) if frames else ())
    bench.record = record
    bench.forget = lambda: monkeypatch.setattr(takes, "growing", tuple)
    return bench


def test_it_stands_where_it_was_played_and_looks_like_what_came(recording):
    view = recording.view
    layer = view.live_takes.layer
    assert layer.isHidden()
    recording.record(3.0)
    assert layer.isVisible()
    assert not view.empty.isVisible()
    row = view.scene.row_rect(view.scene.rows.by_track[recording.c])
    picture = view.canvas.grab().toImage()
    red, ratio = theme().colour("danger").rgb(), view.devicePixelRatioF()

    def pixel(x, y):
        return picture.pixel(round(x * ratio), round(y * ratio))

    body = row.y + CLIP_HEADER_PX
    middle = (body + row.y + row.height - 1) / 2
    assert pixel(2.0 * PX_PER_S - 3, middle) != red
    assert all(pixel(x, middle) == red for x in range(2 * PX_PER_S + 2, 5 * PX_PER_S - 2))
    # Half scale: nothing close to the edges of the body.
    assert pixel(4.0 * PX_PER_S, body + 1) != red
    assert pixel(5.0 * PX_PER_S + 3, middle) != red


def test_a_frame_repaints_what_came_and_no_more(recording):
    recording.record(1.0)
    exposed = Exposed(recording.view.live_takes.layer)
    recording.record(0.5)
    assert exposed.widths
    assert max(exposed.widths) <= 0.5 * PX_PER_S + 8
    exposed.widths.clear()
    recording.view.following.place()
    recording.qtbot.wait(1)
    assert max(exposed.widths, default=0) <= 8


def test_it_goes_with_its_pass(recording):
    recording.record(1.0)
    layer = recording.view.live_takes.layer
    recording.forget()
    recording.view.following.place()
    assert layer.isHidden()
