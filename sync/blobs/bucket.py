"""A token bucket: so many bytes a second in one direction, a second's worth at once."""

import threading
from collections.abc import Callable


class TokenBucket:
    """Any thread may take; without a rate nobody waits."""

    def __init__(self, bytes_s: int | None, monotonic_s: Callable[[], float]) -> None:
        self.bytes_s = bytes_s
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._tokens, self._at = float(bytes_s or 0), monotonic_s()

    def take(self, size: int) -> float:
        """Take `size` bytes and return the seconds to wait before they are sent.

        Debts are allowed: a piece larger than a second's worth is paid for by whoever comes next.
        """
        with self._lock:
            now = self._monotonic_s()
            if not self.bytes_s:
                self._tokens, self._at = 0.0, now
                return 0.0
            self._tokens = min(float(self.bytes_s), self._tokens + (now - self._at) * self.bytes_s) - size
            self._at = now
            return max(0.0, -self._tokens / self.bytes_s)
