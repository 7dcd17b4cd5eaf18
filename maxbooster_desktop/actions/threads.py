"""Threads of comments as people read them: a comment with its answers, pinned to a place. No Qt.

An answer whose comment was deleted meanwhile begins a thread of its own: what somebody said is never out of sight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from maxbooster_desktop.project.document.state import Comment, CommentId, ProjectState


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and what was answered, in the order it was said."""

    first: Comment
    answers: tuple[Comment, ...] = ()

    @property
    def id(self) -> CommentId:
        """The id of the comment that began it."""
        return self.first.id

    @property
    def said(self) -> tuple[Comment, ...]:
        """Everything that was said in it."""
        return (self.first, *self.answers)


def threads_of(comments: Sequence[Comment], *, with_done: bool = True) -> tuple[Thread, ...]:
    """Return the threads in order of place; those that are done only when asked for."""
    known = {comment.id for comment in comments}
    answers: dict[CommentId, list[Comment]] = {}
    firsts = []
    for comment in comments:
        if comment.parent in known:
            answers.setdefault(comment.parent, []).append(comment)
        elif with_done or not comment.is_done:
            firsts.append(comment)
    by_time = {parent: sorted(said, key=lambda one: (one.when_ms, one.id)) for parent, said in answers.items()}
    return tuple(Thread(first, tuple(by_time.get(first.id, ()))) for first in firsts)


def thread_with(comments: Sequence[Comment], comment_id: str) -> Thread | None:
    """Return the thread that a comment, or an answer, belongs to."""
    every = threads_of(comments)
    return next((thread for thread in every if any(one.id == comment_id for one in thread.said)), None)


def neighbour(threads: Sequence[Thread], current: str | None, tick: int, step: int) -> Thread | None:
    """Return the thread after (1) or before (-1) the current one, or the playhead's tick; round at the ends."""
    if not threads:
        return None
    ids = [thread.id for thread in threads]
    if current in ids:
        return threads[(ids.index(CommentId(str(current))) + step) % len(threads)]
    if step > 0:
        return next((thread for thread in threads if thread.first.tick >= tick), threads[0])
    return next((thread for thread in reversed(threads) if thread.first.tick < tick), threads[-1])


def place_text(state: ProjectState, comment: Comment) -> str:
    """Write where a comment is pinned: "9.1", or "5.1 - 7.1" with a dash for a range."""
    return span_text(state, comment.tick, comment.end_tick)


def span_text(state: ProjectState, tick: int, end_tick: int | None) -> str:
    """Write a moment or a range in bars and beats."""
    ends = [state.tempo_map.position_at(each) for each in (tick, end_tick) if each is not None]
    return " \N{EN DASH} ".join(f"{place.bar}.{place.beat}" for place in ends)


def track_text(state: ProjectState, track: str | None) -> str:
    """Write whom of the tracks a comment is about."""
    return next((each.name for each in state.tracks.values() if each.id == track), "all tracks")
