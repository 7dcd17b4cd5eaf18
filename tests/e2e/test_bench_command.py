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


@pytest.mark.full
@pytest.mark.alone
def test_the_cloud_is_measured_with_one_process_and_with_two() -> None:
    report = succeeded(maxbooster("bench", "cloud", "--quick", "--json")).report
    found = {(row["id"], row["processes"]): row for row in report["figures"]}
    for processes in (1, 2):
        for what in ("projects", "edit", "edits", "uploads", "sign_in"):
            assert found[f"{what}_rate", processes]["value"] > 0
            assert found[f"{what}_refused", processes]["value"] == 0
            assert found[f"{what}_p50", processes]["value"] <= found[f"{what}_p99", processes]["value"]
        assert found["memory_api_1", processes]["value"] > 10
    assert 1 <= found["projects_statements", 1]["value"] < 20
    assert ("memory_api_2", 2) in found
