"""Waits between tries: full jitter that doubles to a bound, Retry-After honoured, a circuit for each host."""

import random

from sync.outbox.pacing import CAP_S, OPENS_AFTER, Pacing


def _pacing(now: list[float]) -> Pacing:
    return Pacing(lambda: now[0], random.Random(1))


def test_waits_are_spread_over_a_bound_that_doubles() -> None:
    for failures, bound_s in ((1, 1), (2, 2), (5, 16), (9, 256), (10, CAP_S), (40, CAP_S)):
        waits = []
        for seed in range(300):
            pacing = Pacing(lambda: 0.0, random.Random(seed))
            for _ in range(failures):
                pacing.failed("a")
            waits.append(pacing.wait_s("a"))
        assert 0 <= min(waits) < 0.1 * bound_s
        assert 0.9 * bound_s < max(waits) <= bound_s
        assert 0.4 * bound_s < sum(waits) / len(waits) < 0.6 * bound_s


def test_retry_after_is_honoured_and_bounded() -> None:
    now = [100.0]
    pacing = _pacing(now)
    pacing.failed("a", 42)
    assert 42 <= pacing.wait_s("a") < 43.1
    now[0] += 60
    assert pacing.wait_s("a") == 0
    pacing.failed("a", 1e9)
    assert pacing.wait_s("a") == 86_400


def test_a_host_that_fails_often_is_down_and_others_are_not() -> None:
    pacing = _pacing([0.0])
    for _ in range(OPENS_AFTER):
        assert not pacing.is_open("a")
        pacing.failed("a")
    assert (pacing.is_open("a"), pacing.is_open("b"), pacing.wait_s("b")) == (True, False, 0.0)
    pacing.forgive("a")
    assert (pacing.is_open("a"), pacing.wait_s("a")) == (True, 0.0)
    pacing.succeeded("a")
    assert not pacing.is_open("a")
