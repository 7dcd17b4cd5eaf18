"""Log lines at WARNING and above: recorded during a test and compared with what it announced."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager


class Announced:
    """The patterns a test announced, in the order it did."""

    def __init__(self) -> None:
        self.patterns: list[str] = []

    def __call__(self, pattern: str) -> None:
        """Announce that at least one log line will match the regular expression `pattern`."""
        self.patterns.append(pattern)


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def recorded() -> Iterator[list[logging.LogRecord]]:
    """Record what reaches the root logger at WARNING or above."""
    recorder = _Recorder()
    logging.getLogger().addHandler(recorder)
    try:
        yield recorder.records
    finally:
        logging.getLogger().removeHandler(recorder)


def problems(records: list[logging.LogRecord], announced: Announced | None) -> list[str]:
    """Return a sentence for every line nobody announced and every announcement nobody kept."""
    patterns = announced.patterns if announced else []
    lines = [record.getMessage() for record in records]
    unexpected = [
        f"unexpected log line: {record.levelname} {record.name}: {line}"
        for record, line in zip(records, lines, strict=True)
        if not any(re.search(pattern, line) for pattern in patterns)
    ]
    absent = [p for p in patterns if not any(re.search(p, line) for line in lines)]
    return unexpected + [f"announced, but never logged: {pattern}" for pattern in absent]
