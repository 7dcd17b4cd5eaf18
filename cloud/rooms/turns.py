"""Whose turn it is: what a keeper is asked, in order, and no room for so long that the others wait for it.

An update can take a thousand times as long as another (what it overwrote is looked for in the log), and a room belongs
to whoever opened it: a keeper leaves the rest of a room that has had its time, and goes on with it after the others.
"""

import queue
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from cloud.rooms.questions import Task

_AT_ONCE = 500
_SECONDS = 0.1


class Turns:
    """The tasks of a keeper; all but `ask` and `end` belong to its thread."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._left: list[Task] = []
        self._spent_s: dict[str, float] = defaultdict(float)
        self._has_ended = False

    def ask(self, task: Task) -> None:
        """Take a task."""
        self._asked.put(task)

    def end(self) -> None:
        """Let what was asked for so far be the last: nobody answers what comes behind it."""
        self._asked.put(None)

    @property
    def is_last(self) -> bool:
        """Return whether nothing is left and nothing can come."""
        return self._has_ended and not self._left

    def begin(self) -> list[Task]:
        """Return what there is to do: what was left, then what came, which is waited for when nothing was left."""
        tasks, self._left = self._left, []
        self._spent_s.clear()
        if not tasks:
            self._take(tasks, self._asked.get())
        for _ in range(_AT_ONCE):
            try:
                self._take(tasks, self._asked.get_nowait())
            except queue.Empty:
                break
        return tasks

    def _take(self, tasks: list[Task], task: Task | None) -> None:
        self._has_ended = self._has_ended or task is None
        if task is not None and not self._has_ended:
            tasks.append(task)

    @contextmanager
    def counted(self, project_id: str) -> Iterator[None]:
        """Count what is done for a room."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._spent_s[project_id] += time.perf_counter() - started

    def is_over(self, project_id: str) -> bool:
        """Return whether a room has had its time; then all that is its waits for the next turn, in its order."""
        return self._spent_s[project_id] > _SECONDS

    def leave(self, task: Task) -> None:
        """Keep a task for the next turn."""
        self._left.append(task)
