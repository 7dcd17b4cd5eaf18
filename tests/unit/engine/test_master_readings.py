"""The master's readings: a new measurement begins with nothing measured, not with the last one's figures."""

import time

import pytest

from maxbooster_desktop.engine.metering import MeterReader
from maxbooster_desktop.engine.readings import MasterMeter
from maxbooster_desktop.engine.realtime import layout as at
from tests.factories.engine_projects import RATE, Song, StillLive, ones, sine


def test_a_new_measurement_shows_nothing_of_the_last_one():
    song = Song()
    song.clip(song.track(), 0.5 * ones(2 * RATE))
    live = StillLive(song)
    reader = MeterReader(live.runtime, RATE)
    try:
        deadline = time.monotonic() + 60.0
        while reader.master.momentary_lufs is None and time.monotonic() < deadline:
            live.run(4_800)
            time.sleep(0.06)
        assert reader.master.momentary_lufs is not None
        reader.reset_master()
        assert reader.master == MasterMeter()
    finally:
        reader.close()


def test_the_silence_after_a_stop_changes_neither_loudness_nor_range():
    song = Song()
    song.clip(song.track(), sine(60 * RATE))
    live = StillLive(song)
    reader = MeterReader(live.runtime, RATE)

    def run_until(holds):
        deadline = time.monotonic() + 60.0
        while not holds() and time.monotonic() < deadline:
            live.run(14_400)
            time.sleep(0.06)
        assert holds()

    try:
        run_until(lambda: reader.master.lra_lu is not None)
        played = reader.master
        live.ring.send(at.CMD_STOP)
        run_until(lambda: reader.master.momentary_lufs is None)
        assert reader.master.lra_lu == pytest.approx(0.0, abs=0.1)
        assert reader.master.integrated_lufs == pytest.approx(played.integrated_lufs, abs=0.1)
    finally:
        reader.close()
