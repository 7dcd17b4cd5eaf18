"""`maxbooster bench`: figures beside their bars, from the real program."""

import pytest

from tests.e2e.program import maxbooster, succeeded


@pytest.mark.alone
def test_strips_are_measured_beside_both_peers() -> None:
    report = succeeded(maxbooster("bench", "strips", "--seconds", 0.05, "--json")).report
    assert set(report["ours_ns"]) == {"8", "16", "32", "64", "128"}
    assert all(0 < figure["kernels"] < figure["path"] for figure in report["ours_ns"].values())
    fastest = min(report["pedalboard_ns"], report["dawdreamer_ns"])
    assert report["ratio"] == fastest / report["ours_ns"]["64"]["kernels"]
    assert [bar["id"] for bar in report["bars"]] == ["ratio", "ratio_track"]
