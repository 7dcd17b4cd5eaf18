"""When a host may be asked again after it failed: full jitter between nothing and a bound that doubles.

After "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). One `Pacing` for all that talk to a host: after
`OPENS_AFTER` failures in a row its circuit is open, and one request at a time tries whether the host is back. A
Retry-After is honoured, up to a day.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

BASE_S = 1.0
CAP_S = 300.0
OPENS_AFTER = 5
_LONGEST_RETRY_AFTER_S = 86_400.0


@dataclass(slots=True)
class _Host:
    failures: int = 0
    not_before: float = 0.0


class Pacing:
    """Waits per host, by the monotonic clock."""

    def __init__(self, monotonic_s: Callable[[], float], source: random.Random | None = None) -> None:
        self._monotonic_s = monotonic_s
        self._random = source or random.Random()
        self._hosts: dict[str, _Host] = {}

    def wait_s(self, host: str) -> float:
        """Return how long to wait before the host may be asked; 0 when it may be asked now."""
        return max(0.0, self._of(host).not_before - self._monotonic_s())

    def is_open(self, host: str) -> bool:
        """Return whether the host has failed so often that it counts as down."""
        return self._of(host).failures >= OPENS_AFTER

    def failed(self, host: str, retry_after_s: float | None = None) -> None:
        """Note a failure."""
        state = self._of(host)
        bound_s = min(CAP_S, BASE_S * 2 ** min(state.failures, 16))
        state.failures += 1
        wait_s = max(self._random.uniform(0, bound_s), min(retry_after_s or 0.0, _LONGEST_RETRY_AFTER_S))
        state.not_before = self._monotonic_s() + wait_s

    def succeeded(self, host: str) -> None:
        """Note an answer."""
        self._hosts.pop(host, None)

    def forgive(self, host: str) -> None:
        """Let the host be asked at once: a person wants it, or the network came back."""
        self._of(host).not_before = 0.0

    def _of(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())
