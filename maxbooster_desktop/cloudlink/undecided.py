"""Changes of drafts that wait for their person, as they are read: what it is about, why, both values, the choices."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.client.server_text import shown
from sync.outbox.attention import AttentionItem, Decision
from sync.protocol import values
from sync.protocol.kinds import KINDS

_LABELS: Mapping[Decision, str] = {
    "retry": "Try again",
    "discard": "Discard mine",
    "keep-mine": "Keep mine",
    "take-theirs": "Keep the cloud's",
}
_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be decided."""

    decision: Decision
    label: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """A change that waits: `title` names the draft, `lines` are why it waits and the values it is about."""

    number: int
    title: str
    lines: tuple[str, ...]
    made_at_s: float
    choices: tuple[Choice, ...]


def described(items: Iterable[AttentionItem]) -> tuple[Undecided, ...]:
    """Return changes as they are read, in their order."""
    return tuple(_described(item) for item in items)


def _described(item: AttentionItem) -> Undecided:
    title = f"{item.kind.capitalize()} “{_short(item.name)}”" if item.name else f"{item.kind.capitalize()} without name"
    choices = tuple(Choice(decision, _LABELS[decision]) for decision in item.decisions)
    return Undecided(item.number, title, (shown(item.reason), *_values(item)), item.made_at_s, choices)


def _values(item: AttentionItem) -> list[str]:
    """Return a line for each value that the decision is about."""
    mine, theirs = item.mine, item.theirs
    if mine is None:
        return ["You removed it."]
    if theirs is None or theirs.is_removed:
        about = [item.field] if item.field is not None and item.field in mine else list(mine)
        return [f"Your {_field(name)}: {_text(item.kind, name, mine[name])}" for name in about]
    about = [*item.asks] or list(mine)
    return [
        f"{_field(name).capitalize()}: yours {_text(item.kind, name, mine.get(name))}, "
        f"the cloud's {_text(item.kind, name, theirs.values.get(name))}"
        for name in about
    ]


def _field(name: str) -> str:
    return _short(name.removeprefix("is_").replace("_", " "))


def _text(kind: str, name: str, value: Any) -> str:
    """Return a value in words; one that a newer program declared, as it came."""
    if value is None:
        return "nothing"
    declared = KINDS[kind].fields.get(name) if kind in KINDS else None
    words = _WORDS.get(declared.check) if declared is not None and declared.check(value) is None else None
    if words is not None:
        return _short(words(value))
    if isinstance(value, str):
        return f"“{_short(value)}”"
    is_words = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return _short(", ".join(value) if is_words else json.dumps(value, ensure_ascii=False)) or "nothing"


def _money(value: Mapping[str, Any]) -> str:
    currency: str = value["currency"]
    digits = values.digits_of(currency)
    whole, part = divmod(value["amount"], 10**digits)
    return f"{whole}.{part:0{digits}} {currency}" if digits else f"{whole} {currency}"


def _splits(value: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['party']} {one['share'] / 100:g} %" for one in value) or "nobody"


def _short(text: str) -> str:
    flat = shown(text)
    return flat if len(flat) <= _LONGEST_VALUE else f"{flat[: _LONGEST_VALUE - 1]}…"


_WORDS: Mapping[values.Check, Callable[[Any], str]] = {
    values.money: _money,
    values.splits: _splits,
    values.date: str,
    values.flag: lambda value: "yes" if value else "no",
    values.wall_time: lambda value: f"{value['wall'].replace('T', ' ')} {value['zone']}",
}
