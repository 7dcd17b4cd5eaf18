"""Caches of compiled kernels go a month after their last use, and no sooner."""

import os
from pathlib import Path

from maxbooster_desktop.actions.deferred_engine import drop_stale_kernels


def test_only_what_nobody_used_for_a_month_goes(tmp_path: Path) -> None:
    now_s = 1_800_000_000.0
    for name, days in (("old", 31), ("recent", 29)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kernel.nbi").write_bytes(b"code")
        os.utime(tmp_path / name, (now_s - days * 86_400, now_s - days * 86_400))
    drop_stale_kernels([str(tmp_path / name) for name in ("old", "recent", "gone")], now_s)
    assert [folder.name for folder in tmp_path.iterdir()] == ["recent"]
