"""The outbox on a real SQLite file: nothing is half done or out of order, what was refused waits for a person."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.outbox import ports
from sync.outbox.errors import (
    DraftRefusedError,
    NotPossibleError,
    UpdateNeededError,
)
from sync.outbox.ids import uuid7
from sync.outbox.outbox import UPDATE_NEEDED, Outbox, Queue
from sync.outbox.tables import DRAFTS
from sync.protocol.changes import Draft
from sync.protocol.kinds import SCHEMA_VERSION
from sync.protocol.operations import LONGEST_AGE_S, Answer, Applied, Conflict, Rejected, Retry
from sync.storage.database import open_database
from sync.storage.errors import StorageError, StorageRefusedError


class Clock:
    """A clock that tests set."""

    wall, monotonic = 1_800_000_000.0, 50.0

    def wall_s(self) -> float:
        return self.wall

    def monotonic_s(self) -> float:
        return self.monotonic


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drafts.sqlite"


@pytest.fixture
def outbox(path: Path, clock: Clock) -> Iterator[Outbox]:
    opened = Outbox(open_database(path, DRAFTS), clock)
    yield opened
    opened.close()


def _sent(outbox: Outbox) -> list[tuple[int, str, int, object]]:
    batch = outbox.next_batch()
    return [(one.seq, one.draft_id, one.base_version, one.patch) for one in batch.operations] if batch else []


def _answer(outbox: Outbox, *results: object) -> None:
    batch = outbox.next_batch()
    outbox.take_answers(
        [Answer(op.seq, op.op_id, result) for op, result in zip(batch.operations, results, strict=True)]
    )


def _checkpoint(outbox: Outbox, *drafts: Draft, cursor: str = "c1") -> None:
    assert outbox.take_checkpoint(drafts, outbox.cursor(), cursor)


def _release(version: int, **values: object) -> Draft:
    return Draft("release", "r", version, values)


def test_an_edit_is_on_disk_when_it_is_taken(outbox: Outbox, path: Path) -> None:
    outbox.change("release", "r", {"title": "One", "newer": [1]})
    other = sqlite3.connect(path)
    assert other.execute("SELECT draft_id, state FROM pending").fetchall() == [("r", "waiting")]
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
    view = outbox.read("r")
    assert (view.draft.values, view.is_pending, view.needs_attention) == ({"title": "One", "newer": [1]}, True, False)


def test_edits_before_sending_go_together_and_later_ones_wait(outbox: Outbox) -> None:
    first = outbox.change("release", "r", {"title": "One"})
    assert outbox.change("release", "r", {"title": "Two", "genre": "House"}) == first
    outbox.change("listing", "l", {"title": "Beat"})
    assert _sent(outbox) == [(1, "r", 0, {"title": "Two", "genre": "House"}), (2, "l", 0, {"title": "Beat"})]
    assert outbox.change("release", "r", {"title": "Three"}) != first
    assert [seq for seq, *_ in _sent(outbox)] == [1, 2]
    _answer(outbox, Retry(0), Applied(5))
    assert _sent(outbox) == [(3, "r", 0, {"title": "Two", "genre": "House"})]
    _answer(outbox, Applied(6))
    assert _sent(outbox) == [(4, "r", 6, {"title": "Three"})]


def test_what_is_done_stays_on_top_until_the_checkpoint_brings_it(outbox: Outbox) -> None:
    outbox.change("release", "r", {"title": "One"})
    _answer(outbox, Applied(5))
    assert outbox.queue() == Queue(acked=1)
    assert outbox.read("r").draft.values == {"title": "One"}
    _checkpoint(outbox, _release(5, title="One"))
    assert (outbox.queue(), outbox.read("r").draft.version) == (Queue(), 5)


def test_other_people_s_changes_are_merged_by_field(outbox: Outbox) -> None:
    _checkpoint(outbox, _release(1, title="A", genre="House"))
    outbox.change("release", "r", {"title": "Mine"})
    _answer(outbox, Conflict(_release(2, title="A", genre="Techno"), ("price",)))
    assert _sent(outbox) == [(2, "r", 2, {"title": "Mine"})]
    _answer(outbox, Conflict(_release(3, title="Mine", genre="Techno"), ()))
    assert outbox.queue() == Queue()


@pytest.mark.parametrize(
    ("patch", "theirs", "asks"),
    [
        ({"title": "Mine"}, {"title": "Theirs"}, ("title",)),
        (
            {"price": {"amount": 2, "currency": "EUR"}},
            {"title": "Theirs", "price": {"amount": 1, "currency": "EUR"}},
            ("price",),
        ),
        ({"splits": [], "genre": "House"}, {"title": "Theirs", "splits": None}, ("splits",)),
    ],
)
def test_what_must_be_asked_waits_with_the_person_s_values(
    outbox: Outbox, patch: dict[str, object], theirs: dict[str, object], asks: tuple[str, ...]
) -> None:
    _checkpoint(outbox, _release(1, title="A", price={"amount": 1, "currency": "EUR"}))
    outbox.change("release", "r", patch)
    outbox.change("listing", "l", {"title": "Beat"})
    _answer(outbox, Conflict(_release(2, **theirs), ("price", "splits")), Applied(3))
    (item,) = outbox.needs_attention()
    assert (item.asks, item.mine, item.theirs.values) == (asks, patch, theirs)
    assert (item.decisions, outbox.queue()) == (("keep-mine", "take-theirs"), Queue(acked=1, attention=1))
    assert outbox.read("r").needs_attention
    outbox.change("release", "r", {"label": "Later"})
    assert _sent(outbox) == []
    outbox.decide(item.number, "keep-mine")
    assert _sent(outbox) == [(3, "r", 2, patch)]


def test_theirs_is_taken_and_what_came_later_is_merged_anew(outbox: Outbox) -> None:
    _checkpoint(outbox, _release(1, title="A"))
    outbox.change("release", "r", {"title": "Mine"})
    _answer(outbox, Conflict(_release(2, title="Theirs")))
    outbox.change("release", "r", {"genre": "House"})
    (item,) = outbox.needs_attention()
    outbox.decide(item.number, "take-theirs")
    _answer(outbox, Conflict(_release(2, title="Theirs")))
    assert _sent(outbox) == [(3, "r", 2, {"genre": "House"})]
    with pytest.raises(NotPossibleError):
        outbox.decide(item.number, "take-theirs")


def test_a_refused_change_is_mended_or_given_up(outbox: Outbox) -> None:
    for name in ("a", "b"):
        outbox.change("release", name, {"title": "Taken", "genre": "House"})
    _answer(outbox, Rejected("The title is taken.", "title"), Rejected("The title is taken.", "title"))
    one, other = outbox.needs_attention()
    assert (one.reason, one.field, one.decisions) == ("The title is taken.", "title", ("retry", "discard"))
    outbox.decide(one.number, "retry", {"title": "Free"})
    outbox.decide(other.number, "discard")
    assert _sent(outbox) == [(3, "a", 0, {"title": "Free", "genre": "House"})]
    assert outbox.read("b") is None


def test_a_removed_draft_comes_back_whole(outbox: Outbox) -> None:
    _checkpoint(outbox, _release(1, title="A", genre="House"))
    outbox.change("release", "r", {"title": "Mine"})
    _checkpoint(outbox, Draft("release", "r", 4, is_removed=True), cursor="c2")
    assert outbox.read("r").draft.values == {"title": "Mine"}
    _answer(outbox, Conflict(Draft("release", "r", 4, is_removed=True)))
    (item,) = outbox.needs_attention()
    outbox.decide(item.number, "keep-mine")
    assert _sent(outbox) == [(2, "r", 4, {"title": "Mine", "genre": "House"})]


def test_a_removal_is_asked_about_when_somebody_changed_the_draft(outbox: Outbox) -> None:
    _checkpoint(outbox, _release(1, title="A"))
    outbox.remove("r")
    assert outbox.read("r") is None
    _answer(outbox, Conflict(_release(2, title="B")))
    (item,) = outbox.needs_attention()
    assert item.mine is None
    outbox.decide(item.number, "keep-mine")
    assert _sent(outbox) == [(2, "r", 2, None)]
    _answer(outbox, Applied(3))
    _checkpoint(outbox, Draft("release", "r", 3, is_removed=True), cursor="c2")
    assert (outbox.queue(), outbox.read_all()) == (Queue(), [])


def test_beginning_again_keeps_what_waits(outbox: Outbox) -> None:
    _checkpoint(outbox, _release(1, title="A"), Draft("listing", "l", 2, {"title": "Beat"}))
    outbox.change("release", "r", {"title": "Mine"})
    assert outbox.take_checkpoint([Draft("schedule", "s", 9, {"text": "Out now"})], None, "c9")
    assert {view.draft.id: view.draft.values for view in outbox.read_all()} == {
        "r": {"title": "Mine"},
        "s": {"text": "Out now"},
    }
    assert outbox.take_checkpoint([], "c1", "c2") is False
    assert outbox.cursor() == "c9"


def test_a_new_name_sends_what_has_no_answer_under_its_old_id(outbox: Outbox) -> None:
    outbox.change("release", "r", {"title": "One"})
    before = outbox.next_batch()
    outbox.begin_as_new_client()
    after = outbox.next_batch()
    assert after.client_id != before.client_id
    assert [(op.op_id, op.seq) for op in after.operations] == [(op.op_id, 1) for op in before.operations]


def test_waits_end_whatever_the_clock_says(outbox: Outbox, clock: Clock) -> None:
    outbox.change("release", "r", {"title": "One"})
    _answer(outbox, Retry(100))
    assert _sent(outbox) == []
    clock.wall -= 31_536_000
    assert len(_sent(outbox)) == 1


def test_ages_are_told_by_the_clock_nobody_sets(outbox: Outbox, path: Path, clock: Clock) -> None:
    outbox.change("release", "r", {"title": "One"})
    clock.monotonic, clock.wall = clock.monotonic + 90, clock.wall + 31_536_000
    assert outbox.next_batch().operations[0].age_s == 90
    outbox.close()
    clock.wall -= 31_536_000 - 120
    again = Outbox(open_database(path, DRAFTS), clock)
    assert again.next_batch().operations[0].age_s == 120
    clock.wall = 1e10
    assert again.next_batch().operations[0].age_s == LONGEST_AGE_S
    again.close()


def test_large_changes_go_in_several_batches(outbox: Outbox) -> None:
    for number in range(60):
        outbox.change("release", f"r{number:02}", {"notes": "x" * 9_000})
    sizes = []
    while (batch := outbox.next_batch()) is not None:
        sizes.append(len(batch.operations))
        _answer(outbox, *(Applied(10 + op.seq) for op in batch.operations))
    assert sum(sizes) == 60
    assert max(sizes) < 15


@pytest.mark.parametrize("patch", [{"title": 7}, {"status": "live"}, {"newer": "\0"}, {"newer": "x" * 70_000}])
def test_a_value_that_can_never_be_is_refused_at_once(outbox: Outbox, patch: dict[str, object]) -> None:
    with pytest.raises(DraftRefusedError):
        outbox.change("release", "r", patch)
    outbox.change("release", "r", {"title": "x"})
    with pytest.raises(DraftRefusedError, match="r is no listing"):
        outbox.change("listing", "r", {"title": "x"})
    with pytest.raises(NotPossibleError):
        outbox.remove("none")
    with pytest.raises(DraftRefusedError, match="letters, digits"):
        outbox.change("release", "no id", {"title": "x"})
    assert outbox.queue() == Queue(waiting=1)


def test_a_full_disk_takes_nothing_and_loses_nothing(outbox: Outbox) -> None:
    outbox.change("release", "r", {"title": "One"})
    with outbox._database.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageRefusedError, match="disk is full: free some space"):
        outbox.change("release", "other", {"notes": "x" * 9_000})
    assert [view.draft.values for view in outbox.read_all()] == [{"title": "One"}]
    with outbox._database.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    outbox.change("release", "other", {"notes": "x" * 9_000})
    assert outbox.queue().waiting == 2


def test_another_version_makes_it_read_only(outbox: Outbox) -> None:
    outbox.change("release", "r", {"title": "One"})
    outbox.set_facts(**{UPDATE_NEEDED: str(SCHEMA_VERSION)})
    with pytest.raises(UpdateNeededError, match="update the program"):
        outbox.change("release", "r", {"title": "Two"})
    assert (outbox.read("r").draft.values, outbox.queue().waiting) == ({"title": "One"}, 1)
    outbox.set_facts(**{UPDATE_NEEDED: ""})
    outbox.change("release", "r", {"title": "Two"})


def test_files_of_others_are_not_touched(path: Path) -> None:
    path.write_bytes(b"a song" * 200)
    with pytest.raises(StorageRefusedError, match="no database: move it away"):
        open_database(path, DRAFTS)
    path.unlink()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StorageError, match="newer program"):
        open_database(path, DRAFTS)


def test_ids_sort_by_time_and_are_of_version_7() -> None:
    made = [uuid7(1_800_000_000.0 + n, lambda bits: (1 << bits) - 1) for n in (0, 0.001, 1)]
    assert made == sorted(made)
    assert made[0] == "01a3185c-5000-7fff-bfff-ffffffffffff"
    assert ports.SystemClock().monotonic_s() <= ports.SystemClock().monotonic_s()
