"""The master's readings: a new measurement begins with nothing measured, not with the last one's figures."""

import time

from maxbooster_desktop.engine.metering import MeterReader
from maxbooster_desktop.engine.readings import MasterMeter
from tests.factories.engine_projects import RATE, Song, StillLive, ones


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
