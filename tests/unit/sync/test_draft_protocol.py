"""Messages about drafts survive a round trip, values are checked as declared, merges never touch what is guarded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import kinds, values
from sync.protocol.changes import Changes, Draft
from sync.protocol.kinds import KINDS, guarded_fields, refusal_of, supported_versions
from sync.protocol.merging import is_same, merge, patched
from sync.protocol.operations import Answer, Applied, Conflict, Duplicate, Rejected, Retry

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text("aé🎹"),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text("ab", max_size=2), part, max_size=3),
    max_leaves=6,
)
_FIELDS = st.dictionaries(st.sampled_from("abcd"), _JSON, max_size=4)


def _wired(document: object) -> dict[str, object]:
    return json.loads(json.dumps(document))


@given(fields=_FIELDS, version=st.integers(0, 9), is_removed=st.booleans())
def test_drafts_come_back_with_fields_nobody_knows(fields: dict[str, object], version: int, is_removed: bool) -> None:
    draft = Draft("release", "rel", version, fields, is_removed)
    assert Draft.from_json(_wired({**draft.to_json(), "newer": 1})) == draft


@pytest.mark.parametrize(
    "outcome",
    [
        Applied(3),
        Conflict(Draft("release", "rel", 2, {"title": "x"}), ("price",)),
        Rejected("No.", "price"),
        Rejected("No."),
        Retry(2.5),
    ],
)
def test_answers_come_back(outcome: Applied | Conflict | Rejected | Retry) -> None:
    for result in (outcome, Duplicate(outcome)):
        answer = Answer(7, "op", result)
        assert Answer.from_json(_wired(answer.to_json())) == answer
        assert answer.outcome == outcome
    with pytest.raises(ValueError, match="no outcome is called maybe"):
        Answer.from_json({"seq": 1, "op_id": "x", "outcome": "maybe"})


def test_a_part_of_the_feed_is_read() -> None:
    document = {"drafts": [Draft("release", "r", 1).to_json()], "cursor": "c", "is_whole": True, "newer": {}}
    assert Changes.from_json(document) == Changes([Draft("release", "r", 1)], "c", is_whole=True)


@pytest.mark.parametrize(
    ("kind", "field", "good", "bad"),
    [
        ("release", "title", ["", "x" * 300, None], [1, "x" * 301, ["x"]]),
        (
            "release",
            "price",
            [{"amount": 0, "currency": "EUR"}, {"amount": 2**63 - 1, "currency": "JPY", "newer": 1}],
            [],
        ),
        ("release", "price", [], [9.99, {"amount": 9.99, "currency": "EUR"}, {"amount": -1, "currency": "EUR"}]),
        ("release", "price", [], [{"amount": True, "currency": "EUR"}, {"amount": 2**63, "currency": "EUR"}]),
        ("release", "price", [], [{"amount": 1}, {"amount": 1, "currency": "eur"}, {"amount": "1", "currency": "EUR"}]),
        ("release", "splits", [[], [{"party": "A", "share": 10_000}]], [[{"party": "A", "share": 10_001}], {}, [1]]),
        ("release", "splits", [], [[{"party": "A", "share": 1}] * 2, [{"party": "", "share": 1}], [{"party": "A"}]]),
        ("release", "release_date", ["2024-02-29"], ["2023-02-29", "2024-2-29", "tomorrow", 20240229]),
        ("release", "is_explicit", [True, False], [1, "yes"]),
        ("release", "tracks", [[], ["a"]], ["a", [1], ["x"] * 201]),
        ("listing", "tempo_bpm", [1, 999], [0, 1000, 120.5, True]),
        ("schedule", "publish_at", [{"wall": "2026-11-27T09:00", "zone": "Europe/Berlin"}], ["2026-11-27T09:00Z"]),
        (
            "schedule",
            "publish_at",
            [],
            [{"wall": "2026-11-27T09:00", "zone": "Mars/Base"}, {"wall": "x", "zone": "UTC"}],
        ),
        ("schedule", "publish_at", [], [{"wall": "2026-02-30T09:00", "zone": "UTC"}, {"wall": "2026-11-27T09:00"}]),
        ("release", "newer", [{"a": [1, 2.5, None]}, "x"], ["\0", "\ud800", float("nan"), float("inf")]),
    ],
)
def test_values_are_checked(kind: str, field: str, good: list[object], bad: list[object]) -> None:
    assert [value for value in good if refusal_of(kind, {field: value})] == []
    refused = [refusal_of(kind, {field: value}) for value in bad]
    assert all(one is not None and one.reason.endswith(".") for one in refused)
    assert {one.field for one in refused if one} <= {field, None}


def test_what_the_cloud_sets_and_what_is_no_kind() -> None:
    assert refusal_of("release", {"status": "delivered"}) == kinds.Refusal(
        "The status is set by the cloud alone.", "status"
    )
    assert refusal_of("release", {"status": "delivered"}, by_cloud=True) is None
    assert refusal_of("poem", {}) is not None
    deep: object = 1
    for _ in range(values.DEEPEST):
        deep = [deep]
    assert refusal_of("release", {"newer": deep}) is not None
    assert refusal_of("release", {"newer": "x" * values.LARGEST_DRAFT_BYTES}) is not None


def test_the_newest_version_and_the_two_before_are_spoken() -> None:
    assert [list(supported_versions(newest)) for newest in (1, 2, 3, 7)] == [[1], [1, 2], [1, 2, 3], [5, 6, 7]]


@given(_FIELDS, _FIELDS, _FIELDS, st.sets(st.sampled_from("abcd")))
def test_a_merge_keeps_both_sides_or_asks(
    base: dict[str, object], mine: dict[str, object], theirs: dict[str, object], guarded: set[str]
) -> None:
    merged = merge(base, mine, theirs, guarded)
    after = patched(theirs, merged.patch)
    for name in "abcd":
        if name not in mine or is_same(mine[name], theirs.get(name)):
            assert is_same(after.get(name), theirs.get(name))
            assert name not in merged.asks
        elif name in guarded or not is_same(theirs.get(name), base.get(name)):
            assert name in merged.asks
        else:
            assert is_same(after.get(name), mine[name])


def test_money_is_asked_about_even_where_nobody_else_touched_it() -> None:
    base = {"price": {"amount": 100, "currency": "EUR"}, "title": "A"}
    theirs = {**base, "title": "B"}
    guarded = guarded_fields("release", theirs)
    assert merge(base, {"price": {"amount": 200, "currency": "EUR"}}, theirs, guarded).asks == ("price",)
    assert merge(base, {"genre": "House"}, theirs, guarded) == merge({}, {"genre": "House"}, theirs, ())
    assert merge(base, {"title": "B"}, theirs, guarded).patch == {}


def test_dates_are_guarded_once_stores_have_the_release() -> None:
    assert guarded_fields("release", {}) == {"price", "splits"}
    assert guarded_fields("release", {"status": "delivered"}) == {"price", "splits", "release_date", "original_date"}
    assert all(kind.fields["status"].is_the_clouds for kind in KINDS.values())
