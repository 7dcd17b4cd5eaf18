"""A cloud that answers what makes no sense keeps everything waiting, and ends nothing: the next round asks again."""

import itertools
import json
from contextlib import closing

import pytest

from sync.client.errors import RefusedError
from sync.client.http import Wire
from sync.outbox import ports, syncing
from sync.outbox.outbox import Outbox
from sync.outbox.pacing import Pacing
from sync.outbox.ports import SystemClock
from sync.outbox.syncing import Condition, Syncer
from sync.outbox.tables import DRAFTS
from sync.protocol.changes import Changes
from sync.protocol.operations import Answer, Applied, Rejected
from sync.storage.database import open_database
from tests.factories.hostile_server import hostile, reply
from tests.factories.played_drafts import PlayedCloud


class OddCloud(PlayedCloud):
    """Answers what it is told to, as often as it is told to."""

    def __init__(self):
        super().__init__()
        self.pushed, self.pulled = None, None

    def push(self, batch):
        answers = super().push(batch)
        return answers if self.pushed is None else self.pushed(batch)

    def pull(self, cursor, schema_version):
        part = super().pull(cursor, schema_version)
        return part if self.pulled is None else self.pulled


@pytest.fixture
def outbox(tmp_path):
    opened = Outbox(open_database(tmp_path / "drafts.sqlite", DRAFTS))
    opened.change("release", "r", {"title": "One"})
    yield opened
    opened.close()


def answered(made):
    return lambda batch: ports.Answers([Answer(one.seq, one.op_id, made) for one in batch.operations], "")


def part(**values):
    return Changes(**({"drafts": [], "cursor": "c", "is_whole": True} | values))


@pytest.mark.parametrize(
    ("pushed", "pulled"),
    [
        (None, part(server_time="yesterday")),
        (None, part(server_time="0001-01-01T00:00:00")),
        (None, part(cursor="\ud800")),
        (answered(Rejected("\ud800")), None),
    ],
    ids=["no date", "before time", "half a letter", "half a reason"],
)
def test_what_makes_no_sense_is_asked_again_later(outbox, pushed, pulled, expected_log):
    expected_log("makes no sense")
    cloud, clock = OddCloud(), SystemClock()
    cloud.pushed, cloud.pulled = pushed, pulled
    syncer = Syncer(outbox, cloud, clock, Pacing(clock.monotonic_s))
    standing = syncer.step()
    assert standing.condition is Condition.SERVER_DOWN
    assert standing.reason == "The cloud answered what makes no sense."
    assert standing.wait_s > 0
    cloud.pushed = cloud.pulled = None
    syncer = Syncer(outbox, cloud, clock, Pacing(clock.monotonic_s))
    assert syncer.step().condition is Condition.ONLINE
    assert outbox.queue().waiting + outbox.queue().sent == 0


def test_an_answer_to_nothing_is_no_answer(outbox):
    cloud, clock = OddCloud(), SystemClock()
    cloud.pushed = lambda _batch: ports.Answers([], "")
    standing = Syncer(outbox, cloud, clock, Pacing(clock.monotonic_s)).step()
    assert standing.condition is Condition.SERVER_DOWN
    assert "none of the changes" in standing.reason
    assert cloud.taken == ["r"], "it was asked once"


def test_what_was_never_sent_is_not_acknowledged(outbox):
    batch = outbox.next_batch()
    (sent,) = batch.operations
    strange = Answer(2**53, "nobody's", Applied(9))
    outbox.take_answers([strange, Answer(sent.seq, sent.op_id, Applied(5)), strange])
    outbox.change("release", "r", {"title": "Two"})
    assert outbox.next_batch().acknowledged == sent.seq


def test_a_refusal_may_name_anything_and_is_kept(outbox):
    (sent,) = outbox.next_batch().operations
    said = {"seq": sent.seq, "op_id": sent.op_id, "outcome": "rejected", "reason": ["no"], "field": {"a": 1}}
    outbox.take_answers([Answer.from_json(said)])
    (item,) = outbox.needs_attention()
    assert (item.reason, item.field) == ("['no']", "{'a': 1}")


def test_changes_without_end_are_not_read_to_it(outbox, monkeypatch):
    monkeypatch.setattr(syncing, "_MOST_PARTS", 5)
    cloud, clock = OddCloud(), SystemClock()
    cloud.pulled = part(is_whole=False)
    standing = Syncer(outbox, cloud, clock, Pacing(clock.monotonic_s)).step()
    assert (standing.condition, standing.reason) == (Condition.SERVER_DOWN, "The cloud's changes have no end.")


@pytest.mark.parametrize("cursor", ["c", "c" * 5_000])
def test_changes_that_go_round_are_read_once(outbox, cursor):
    cloud, clock, pulls = OddCloud(), SystemClock(), []
    cloud.pulled = part(is_whole=False, cursor=cursor)
    pull, cloud.pull = cloud.pull, lambda cursor, version: pulls.append(cursor) or pull(cursor, version)
    standing = Syncer(outbox, cloud, clock, Pacing(clock.monotonic_s)).step()
    assert (standing.condition, standing.reason) == (Condition.SERVER_DOWN, "The cloud's changes have no end.")
    assert len(pulls) <= 2


def test_a_beginning_that_is_taken_back_again_and_again_has_an_end(outbox):
    cloud, clock = OddCloud(), SystemClock()
    parts = itertools.cycle([part(is_whole=False), part(must_refetch=True)])
    cloud.pull = lambda _cursor, _version: next(parts)
    standing = Syncer(outbox, cloud, clock, Pacing(clock.monotonic_s)).step()
    assert (standing.condition, standing.reason) == (Condition.SERVER_DOWN, "The cloud's changes have no end.")


def test_what_a_server_says_steers_no_terminal():
    said = json.dumps({"detail": "no\x1b[2J\u202e such\nplace" + "!" * 5_000}).encode()
    with hostile(lambda _: iter([reply(said, "403 No")])) as server:
        wire = Wire(server.address, lambda: "token")
        with closing(wire), pytest.raises(RefusedError) as refused:
            wire.send("GET", "/v1/account")
    assert str(refused.value).startswith("no [2J such place!!!")
    assert len(str(refused.value)) == 300
