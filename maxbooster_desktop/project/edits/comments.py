"""Edits to comments: pinned to a tick or a range, answered, done. Ticks stay with their bar when the tempo changes.

Who may change what somebody said is judged where it is said (`actions/company.py`): here every comment can be.
"""

import time
from dataclasses import replace

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Comment, CommentId, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import comment_of

LONGEST_TEXT = 4_000


def add_comment(
    project: ProjectDocument,
    author: tuple[str, str],
    text: str,
    tick: int,
    *,
    end_tick: int | None = None,
    track: TrackId | None = None,
    mentions: tuple[str, ...] = (),
) -> Change:
    """Pin a comment of `author` (account, name) to a moment, or a range; its id is in `created`.

    `mentions` are the accounts of whom it calls. Raises ValueNotAllowed.
    """
    first = allowed.tick(tick)
    end = None if end_tick is None or end_tick <= first else allowed.tick(end_tick)
    return _added(project, author, text, (first, end, track, None), mentions)


def answer_comment(
    project: ProjectDocument,
    parent: CommentId,
    author: tuple[str, str],
    text: str,
    *,
    mentions: tuple[str, ...] = (),
) -> Change:
    """Answer a comment, or an answer to it, in its thread. Raises CommentNotFound, ValueNotAllowed."""
    found = comment_of(project.state, parent)
    place = (found.tick, found.end_tick, found.track, found.parent or found.id)
    return _added(project, author, text, place, mentions)


def edit_comment(
    project: ProjectDocument, comment_id: CommentId, text: str, *, mentions: tuple[str, ...] = ()
) -> Change:
    """Say something differently. Raises CommentNotFound, ValueNotAllowed."""
    found = comment_of(project.state, comment_id)
    with project.edit("Change comment") as edit:
        edit.set(replace(found, text=_sayable(text), mentions=mentions))
    return edit.change


def set_comment_done(project: ProjectDocument, comment_id: CommentId, is_done: bool) -> Change:
    """Close a thread, or open it again. Raises CommentNotFound."""
    found = comment_of(project.state, comment_id)
    with project.edit("Close comment" if is_done else "Open comment again") as edit:
        edit.set(replace(found, is_done=is_done))
    return edit.change


def delete_comment(project: ProjectDocument, comment_id: CommentId) -> Change:
    """Delete a comment with its answers. Raises CommentNotFound."""
    found = comment_of(project.state, comment_id)
    with project.edit("Delete comment") as edit:
        for comment in project.state.comments:
            if found.id in (comment.id, comment.parent):
                edit.delete(comment.id)
    return edit.change


def _added(
    project: ProjectDocument,
    author: tuple[str, str],
    text: str,
    place: tuple[int, int | None, TrackId | None, CommentId | None],
    mentions: tuple[str, ...],
) -> Change:
    said = _sayable(text)
    tick, end_tick, track, parent = place
    # Later than all that is there, whatever clocks say: an answer stands behind what it answers.
    latest_ms = max([round(time.time() * 1000), *(comment.when_ms + 1 for comment in project.state.comments)])
    when_ms = limits.moment_ms(latest_ms)
    new = CommentId(project.new_id())
    with project.edit("Comment" if parent is None else "Answer") as edit:
        edit.create(Comment(new, tick, said, author[0], author[1], when_ms, end_tick, track, parent, mentions=mentions))
    return edit.change


def _sayable(text: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= LONGEST_TEXT:
        raise ValueNotAllowed(f"A comment has 1 to {LONGEST_TEXT} characters.")
    return said
