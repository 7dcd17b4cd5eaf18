"""Devices, a cloud and every fault, from a seed.

`MAXBOOSTER_SEED=17 pytest -s tests/unit/sync/test_draft_simulator.py` runs one seed and prints what happened in it.
Real: the outbox and the syncer on SQLite (in memory), the cloud's operations, rules and request schemas. Not real: the
clock, the wire (the messages go over it as JSON), and the cloud's store, which is in memory here; that it is like
PostgreSQL's is shown in `tests/integration/cloud/drafts`, where the same seeds run on both.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest

from cloud.drafts.contracts import Feed
from cloud.drafts.operations import apply_operations as applying
from cloud.drafts.operations import read_changes as reading
from sync.outbox import sending
from sync.protocol import kinds
from tests.simulator.memory_drafts import MemoryBackend, MemoryDrafts
from tests.simulator.wire import FAULTS
from tests.simulator.world import World

_CHECKED = range(40)
_FULL = [range(start, start + 25) for start in range(0, 1000, 25)]


def _run(seeds: range) -> dict[str, int]:
    """Run worlds; return how often each fault struck. A failure names its seed and tells what happened."""
    struck: dict[str, int] = {}
    for seed in seeds:
        world = World(seed, MemoryBackend())
        try:
            world.run()
        except Exception as error:
            told = "\n".join(world.transcript[-40:])
            error.add_note(f"{told}\nIn the world of seed {seed}; run it alone with MAXBOOSTER_SEED={seed}.")
            raise
        for device in world.devices:
            for fault, times in device.wire.seen.items():
                struck[fault] = struck.get(fault, 0) + times
    return struck


def test_nothing_is_lost_whatever_goes_wrong() -> None:
    chosen = os.environ.get("MAXBOOSTER_SEED")
    if chosen is not None:
        world = World(int(chosen), MemoryBackend())
        try:
            world.run()
        finally:
            print("\n".join(world.transcript))
        return
    struck = _run(_CHECKED)
    assert set(FAULTS) <= struck.keys(), "a fault that was never tried"


@pytest.mark.full
@pytest.mark.parametrize("seeds", _FULL, ids=str)
def test_nothing_is_lost_in_a_thousand_worlds(seeds: range) -> None:
    _run(seeds)


def test_a_seed_is_one_world() -> None:
    first, second = (World(7, MemoryBackend()).run() for _ in range(2))
    assert first == second


def _answer_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged_anew(turn: Any, operation: Any) -> Any:
        turn.last_seq = max(turn.last_seq, operation.seq)
        return applying._judged(turn, operation)

    monkeypatch.setattr(applying, "_answered", judged_anew)


def _drop_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sending._change

    def dropping(connection: Any, row: Any, **values: Any) -> None:
        if values.get("reason") and not values.get("current"):
            sending._settle(connection, row, row.base_version)
        else:
            real(connection, row, **values)

    monkeypatch.setattr(sending, "_change", dropping)


def _merge_money(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds.Field, "may_merge", lambda *_: True)


def _overwrite(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sending.merge
    monkeypatch.setattr(sending, "merge", lambda _base, mine, theirs, _guarded: real(theirs, mine, theirs, ()))


def _forget_the_horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    real = MemoryDrafts.feed
    monkeypatch.setattr(MemoryDrafts, "feed", lambda self, account: Feed(real(self, account).last, 0))


def _take_half_a_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    real = reading.read_changes

    def always_whole(*parts: Any) -> Any:
        part = real(*parts)
        return reading.Part(part.drafts, part.place, is_whole=True, must_refetch=part.must_refetch)

    monkeypatch.setattr("tests.simulator.cloud_side.read_changes", always_whole)


_MUTANTS = (
    _answer_without_memory,
    _drop_what_is_refused,
    _merge_money,
    _overwrite,
    _forget_the_horizon,
    _take_half_a_checkpoint,
)


@pytest.mark.parametrize("mutate", _MUTANTS, ids=lambda mutate: mutate.__name__.strip("_"))
def test_what_is_broken_on_purpose_is_noticed(
    mutate: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch)
    with pytest.raises(AssertionError):
        _run(range(60))
