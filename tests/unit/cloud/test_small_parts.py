"""Problem types, cursors, ETags, ids and objectives."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation import wording
from cloud.foundation.erasure import Erasers
from cloud.foundation.etags import ChangedMeanwhileError, ConditionMissingError, etag, require_match
from cloud.foundation.ids import new_id
from cloud.foundation.paging import Cursors
from cloud.foundation.problems import PROBLEM_TYPES, ConflictError, NotFoundError, ProblemType, document_of
from cloud.ops.health import RELEASE
from cloud.ops.objectives import ALERTS, OBJECTIVES, firing
from maxbooster_desktop.foundation.version import VERSION


def test_problem_types_are_declared_once() -> None:
    with pytest.raises(ValueError, match="conflict is declared twice"):
        ProblemType("conflict", 409, "Again")
    assert len({kind.uri for kind in PROBLEM_TYPES.values()}) == len(PROBLEM_TYPES)
    assert all(400 <= kind.status < 600 and kind.title for kind in PROBLEM_TYPES.values())


def test_one_expression_has_one_sentence() -> None:
    assert wording.of_pattern(wording.ID) == "it must be an id: letters, digits and signs without spaces"
    assert wording.spoken(wording.ID, "it must be an id: letters, digits and signs without spaces") == wording.ID
    with pytest.raises(ValueError, match=r"it is said .*it must be an id.* and .*it must be short"):
        wording.spoken(wording.ID, "it must be short")


def test_a_problem_document_has_the_standard_s_members() -> None:
    body = document_of(ConflictError("It is taken.", more={"order": "o1"}), "req_1").body()
    assert body == {
        "type": "urn:maxbooster:problem:conflict",
        "title": "The present state does not allow it",
        "status": 409,
        "detail": "It is taken.",
        "request_id": "req_1",
        "order": "o1",
    }


@given(st.lists(st.one_of(st.text(), st.integers()), max_size=4))
def test_a_cursor_comes_back_as_it_was(position: list[str | int]) -> None:
    cursors = Cursors(b"key", "job", {"state": "dead"})
    assert cursors.read(cursors.write(position)) == position


@given(st.text(max_size=80))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(NotFoundError):
        Cursors(b"key", "job", {}).read(text)


def test_a_cursor_belongs_to_one_list_and_one_key() -> None:
    cursor = Cursors(b"key", "job", {"state": "dead"}).write(["a"])
    for other in (
        Cursors(b"key", "job", {}),
        Cursors(b"key", "audit", {"state": "dead"}),
        Cursors(b"x", "job", {"state": "dead"}),
    ):
        with pytest.raises(NotFoundError):
            other.read(cursor)


@pytest.mark.parametrize("if_match", ['"3"', '"1", "3"', "*"])
def test_the_version_that_was_read_matches(if_match: str) -> None:
    require_match(if_match, 3)


@pytest.mark.parametrize("if_match", ['"2"', "3", 'W/"3"', "", '"33"'])
def test_another_version_does_not(if_match: str) -> None:
    with pytest.raises(ChangedMeanwhileError) as refused:
        require_match(if_match, 3)
    assert refused.value.headers == {"ETag": etag(3)}
    with pytest.raises(ConditionMissingError):
        require_match(None, 3)


def test_ids_sort_by_time_and_do_not_repeat() -> None:
    ids = [new_id("job") for _ in range(2_000)]
    assert len(set(ids)) == 2_000
    assert all(one.startswith("job_") and len(one) == 30 for one in ids)
    assert [one[:14] for one in ids] == sorted(one[:14] for one in ids)


def test_the_release_is_the_program_s() -> None:
    assert RELEASE == VERSION


AVAILABILITY = OBJECTIVES[0]


def test_the_alerts_are_those_of_the_workbook() -> None:
    assert [round(alert.factor, 1) for alert in ALERTS] == [14.4, 6.0, 3.0, 1.0]
    assert [alert.severity for alert in ALERTS] == ["page", "page", "ticket", "ticket"]


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ({}, []),
        (dict.fromkeys((1 / 12, 0.5, 1, 2, 6, 24, 72), 0.02), [0, 1, 2, 3]),
        ({1 / 12: 0.02, 0.5: 0.02, 1: 0.02}, [0]),
        ({1: 0.02, 6: 0.02}, []),
        ({2: 0.0031, 24: 0.0031, 6: 0.0011, 72: 0.0011}, [2, 3]),
        ({6: 0.0011, 72: 0.0011}, [3]),
    ],
)
def test_both_windows_must_burn(ratios: dict[float, float], expected: list[int]) -> None:
    def counts(window: timedelta) -> tuple[int, int]:
        return round(100_000 * ratios.get(window / timedelta(hours=1), 0.0)), 100_000

    assert firing(AVAILABILITY, counts) == [ALERTS[number] for number in expected]


def test_few_events_wake_nobody() -> None:
    assert firing(AVAILABILITY, lambda _window: (19, 19)) == []
    assert len(firing(AVAILABILITY, lambda _window: (20, 20))) == 4


def test_a_person_is_erased_from_the_top_down_in_one_transaction() -> None:
    engine = sa.create_engine("sqlite://")
    erasers, seen = Erasers(), []

    def note(domain: str, connection: sa.Connection, account_id: str) -> None:
        seen.append((domain, account_id, connection.in_transaction()))

    for domain in ("identity", "projects", "drafts"):
        erasers.register(partial(note, domain))
    with engine.begin() as connection:
        erasers.erase(connection, "acc_1")
    engine.dispose()
    assert seen == [("drafts", "acc_1", True), ("projects", "acc_1", True), ("identity", "acc_1", True)]
