"""Measured round trips: each holds for its devices, rate and block, and no others."""

from pathlib import Path

from maxbooster_desktop.settings.round_trips import keep_round_trip, round_trip_of
from maxbooster_desktop.settings.store import Settings


def test_a_measurement_holds_for_its_devices_only(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert round_trip_of(settings) is None
    assert keep_round_trip(settings, 512) == ""
    settings.set("audio.block_frames", 64)
    assert round_trip_of(settings) is None
    keep_round_trip(settings, 128)
    keep_round_trip(settings, 130)
    assert round_trip_of(settings) == 130
    settings.set("audio.block_frames", 128)
    assert round_trip_of(Settings(tmp_path)) == 512
    assert len(settings.get("audio.round_trips")) == 2
