"""The store in memory, on which the simulator's thousand worlds run, is like the one on PostgreSQL."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from cloud.drafts.contracts import Client, Feed, Processed, StoredDraft
from cloud.drafts.ports import DraftStore
from cloud.drafts.store import PostgresDrafts
from cloud.foundation.calls import system_call
from cloud.foundation.unit_of_work import Units
from sync.protocol.changes import Draft
from sync.protocol.operations import Applied, Conflict, Rejected, Retry
from tests.simulator.cloud_side import START
from tests.simulator.memory_drafts import MemoryBackend
from tests.simulator.world import World

T = TypeVar("T")
_ACCOUNTS = ("acc_one", "acc_two")
_ADD = sa.text("INSERT INTO account (id, email, name, password_hash) VALUES (:id, :id, 'x', 'x')")
_REMOVE = sa.text("DELETE FROM account WHERE id = :id")


class PostgresBackend:
    """Transactions on the real store."""

    def __init__(self, units: Units) -> None:
        self._units = units

    def run(self, work: Callable[[DraftStore], T]) -> T:
        """Run `work` in a unit of work."""
        return self._units.run(system_call("test"), lambda unit: work(PostgresDrafts(unit.connection)))


@contextmanager
def _account(units: Units, account_id: str) -> Iterator[str]:
    units.run(system_call("test"), lambda work: work.connection.execute(_ADD, {"id": account_id}))
    yield account_id
    units.run(system_call("test"), lambda work: work.connection.execute(_REMOVE, {"id": account_id}))


def _same_worlds(units: Units, seeds: range) -> None:
    for seed in seeds:
        with _account(units, "acc_world") as account:
            real = World(seed, PostgresBackend(units), account)
            on_postgres = real.run()
        in_memory = World(seed, MemoryBackend(), account)
        assert in_memory.run() == on_postgres, "\n".join([*real.transcript, "", *in_memory.transcript])


def test_a_seed_is_the_same_world_on_postgresql(units: Units) -> None:
    _same_worlds(units, range(3))


@pytest.mark.full
def test_many_seeds_are_the_same_worlds_on_postgresql(units: Units) -> None:
    _same_worlds(units, range(3, 43))


def _draft(source: random.Random, version: int, at: int) -> StoredDraft:
    values = {"title": source.choice("abc"), "newer": {"deep": [1, None, 2.5, "é"]}}
    is_removed = source.random() < 0.4
    now = START + timedelta(hours=at)
    draft = Draft("release", f"rel{source.randrange(6)}", version, {} if is_removed else values, is_removed)
    return StoredDraft(draft, 1, now, now)


def _answer(source: random.Random, client: str, seq: int, at: int) -> Processed:
    current = Draft("release", "rel1", seq)
    outcome = source.choice([Applied(seq), Conflict(current, ("price",)), Rejected("No.", "title"), Retry(1.5)])
    patch = {"title": 1} if isinstance(outcome, Rejected) else None
    now = START + timedelta(hours=at)
    return Processed(client, seq, f"op-{client}-{seq}", "release", "rel1", outcome, "print", patch, now, now)


def _work(seed: int) -> Iterator[Callable[[DraftStore], object]]:
    """Yield the same sequence of questions and changes each time."""
    source, feeds, seqs = random.Random(seed), dict.fromkeys(_ACCOUNTS, Feed()), dict.fromkeys(_ACCOUNTS, 0)
    for account in _ACCOUNTS:
        client = Client(f"cli-{account}", account, "Studio", 0, 0, START, START)
        yield lambda store, client=client: store.save_client(client)
    for at in range(120):
        account = source.choice(_ACCOUNTS)
        verb = source.randrange(9)
        if verb < 3:
            feeds[account] = feed = replace(feeds[account], last=feeds[account].last + 1)
            new = _draft(source, feed.last, at)
            yield lambda store, a=account, n=new: (store.locked_feed(a), store.save_draft(a, n))
            yield lambda store, a=account, f=feed: store.save_feed(a, replace(f, horizon=store.feed(a).horizon))
        elif verb < 5:
            seqs[account] += 1
            one = _answer(source, f"cli-{account}", seqs[account], at)
            yield lambda store, a=account, o=one: store.save_processed(a, o)
        elif verb == 5:
            change = {"last_seq": seqs[account], "acknowledged": source.randint(0, seqs[account])}
            yield lambda store, a=account, c=change: store.save_client(replace(store.clients(a)[0], **c))
        elif verb == 6:
            before = START + timedelta(hours=at - source.randrange(60))
            yield lambda store, b=before: (store.forget_removed(b), store.forget_processed(b))
        else:
            size = source.randrange(1, 9)
            yield lambda store, a=account, n=size: _asked(store, a, n)
    for account in _ACCOUNTS:
        name = f"cli-{account}"
        yield lambda store, n=name: (store.has_answered(n), store.remove_client(n), store.has_answered(n))
        yield lambda store, a=account: _asked(store, a, 4)
    yield lambda store: store.forget_processed(START + timedelta(hours=90))
    yield lambda store: [(store.has_answered(f"cli-{account}"), _asked(store, account, 9)) for account in _ACCOUNTS]


def _asked(store: DraftStore, account: str, size: int) -> list[object]:
    letters = store.dead_letters(account, None, size)
    behind = [letters[0].received_at, letters[0].op_id] if letters else None
    names = [f"op-cli-{account}-{number}" for number in range(size * 4)]
    return [
        letters,
        store.dead_letters(account, behind, size),
        store.dead_letters(None, behind, size),
        store.feed(account),
        store.changes(account, size, size),
        store.drafts(account, [f"rel{number}" for number in range(size)]),
        store.client(f"cli-{account}"),
        store.client("nobody"),
        store.clients(account),
        store.processed(account, names),
        [store.processed_at(f"cli-{account}", number) for number in range(size)],
    ]


@pytest.mark.parametrize("seed", range(2))
def test_both_stores_answer_alike(units: Units, seed: int) -> None:
    memory, real = MemoryBackend(), PostgresBackend(units)
    with _account(units, _ACCOUNTS[0]), _account(units, _ACCOUNTS[1]):
        for number, (one, other) in enumerate(zip(_work(seed), _work(seed), strict=True)):
            assert memory.run(one) == real.run(other), f"step {number}"
