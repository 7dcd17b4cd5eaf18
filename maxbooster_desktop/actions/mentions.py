"""Calling somebody in a comment, as in "@Mara Lind": who can be called, who is meant, who calls oneself. No Qt.

A comment keeps the accounts beside its text, so that it is clear who is meant even when two have the same name or one
of them takes another. Who has been called is a matter of the document; whether they have read it is not.
"""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from maxbooster_desktop.project.document.state import Comment, ProjectState


class Mentionable(NamedTuple):
    """Somebody who can be called."""

    account: str
    name: str


def everybody(*sources: Iterable[tuple[str, str]], without: str) -> tuple[Mentionable, ...]:
    """Return whom (account, name) of several sources name, each once, by name; not oneself."""
    found: dict[str, str] = {}
    for source in sources:
        for account, name in source:
            if account and account != without and name.strip():
                found.setdefault(account, name.strip())
    return tuple(
        sorted((Mentionable(*each) for each in found.items()), key=lambda one: (one.name.casefold(), one.account))
    )


def authors(state: ProjectState) -> Iterable[tuple[str, str]]:
    """Return who has said anything, the latest name of each first."""
    return [(one.account, one.author) for one in sorted(state.comments, key=lambda each: -each.when_ms)]


def mentioned(text: str, people: Collection[Mentionable]) -> tuple[str, ...]:
    """Return the accounts that a text calls; of two names that both fit, the longer one is meant."""
    found: list[str] = []
    for name in sorted({one.name for one in people}, key=len, reverse=True):
        pattern = re.compile(rf"(?<!\w)@{re.escape(name)}(?!\w)", re.IGNORECASE)
        if pattern.search(text):
            text = pattern.sub(" ", text)
            found += [one.account for one in people if one.name == name]
    return tuple(sorted(found))


def offers(typed: str, people: Collection[Mentionable]) -> tuple[Mentionable, ...]:
    """Return who may be meant by what was typed behind the @: names of which a word begins so."""
    wanted = typed.casefold()
    return tuple(one for one in people if any(part.startswith(wanted) for part in _beginnings(one.name)))


def _beginnings(name: str) -> list[str]:
    words = name.casefold().split()
    return [" ".join(words[at:]) for at in range(len(words))]


def calls(state: ProjectState, account: str, read: Collection[str]) -> tuple[Comment, ...]:
    """Return the comments that call an account and were not read, but for what is done, the first place first."""
    if not account:
        return ()
    done = {one.id for one in state.comments if one.is_done}
    return tuple(
        one
        for one in state.comments
        if account in one.mentions and one.account != account and one.id not in read and not {one.id, one.parent} & done
    )
