"""A removal that lost against an edit is named, also when it comes in a plain client's answer to sync step 1.

Such an answer holds every deletion its author ever knew, most of them other people's.
"""

import pytest

from sync.document.removals import removal_of
from sync.document.update_reader import describe
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.stages import Stage
from tests.integration.cloud.rooms.test_overwriting import _feed, _losses

NOTE = ("clips", "a.p")


def _apart(stage: Stage) -> tuple[Client, Client]:
    """Return two who have seen a.p and b.p, overwritten once; ben, who speaks plain Yjs, has gone."""
    ann, ben = stage.inside("ann"), stage.inside("ben", is_ours=False)
    ann.write(a_p=0, b_p=0)
    ann.write(a_p=1, b_p=1)
    ben.until(lambda: ben.clips() == {"a.p": 1, "b.p": 1})
    ben.end()
    return ann, ben


def _together(ann: Client, ben: Client, seq: int) -> None:
    ben.connect().sync()
    ben.rest()
    ann.until(lambda: ann.seen == seq)
    assert ann.clips() == ben.clips()


def test_a_removal_in_an_answer_is_named_once(stage: Stage) -> None:
    ann, ben = _apart(stage)
    ben.put({NOTE: None})
    ann.write(a_p=2)
    _together(ann, ben, 4)
    assert ann.clips() == {"a.p": 2, "b.p": 1}
    assert _losses(stage) == [("a.p", None, 4, 3)]
    assert _feed(stage)[0]["lost_account"] == stage.band.ids["ben"]
    for _ in range(2):
        ben.end()
        _together(ann, ben, 4)
    assert len(_losses(stage)) == 1


def test_it_is_named_beside_much_that_is_new(stage: Stage) -> None:
    ann, ben = _apart(stage)
    ben.put({NOTE: None})
    ben.write(**{f"n{number}_p": number for number in range(9)})
    ann.write(a_p=2)
    _together(ann, ben, 4)
    assert _losses(stage) == [("a.p", None, 4, 3)]


def test_it_is_named_against_who_has_the_last_word(stage: Stage) -> None:
    ann, ben = _apart(stage)
    ben.put({NOTE: None})
    ann.write(a_p=2)
    ann.write(a_p=3)
    _together(ann, ben, 5)
    assert [(key, value, won) for key, value, _, won in _losses(stage)] == [("a.p", None, 4)]


def test_who_removed_nothing_is_not_named(stage: Stage) -> None:
    ann, ben = _apart(stage)
    ann.write(a_p=2)
    ann.put({("clips", "b.p"): None})
    _together(ann, ben, 4)
    ben.end()
    _together(ann, ben, 4)
    assert _losses(stage) == []


def test_what_both_removed_is_lost_by_nobody(stage: Stage) -> None:
    ann, ben = _apart(stage)
    ben.put({NOTE: None})
    ann.put({NOTE: None})
    _together(ann, ben, 3)
    assert ann.clips() == {"b.p": 1}
    assert _losses(stage) == []


def test_what_comes_while_one_enters_is_no_removal_of_his(stage: Stage) -> None:
    ann, ben = _apart(stage)
    ben.connect()
    ann.write(a_p=2)
    ben.sync()
    ben.rest()
    assert ben.clips()["a.p"] == 2
    assert _losses(stage) == []


@pytest.mark.parametrize("squash_rows", [3, 100])
def test_it_is_named_across_a_restart_of_the_room(start_stage, squash_rows: int) -> None:
    stage = start_stage(idle_s=0.0, squash_rows=squash_rows)
    ann, ben = _apart(stage)
    ben.put({NOTE: None})
    ann.write(a_p=2)
    for number in range(6):
        ann.write(**{f"n{number}_p": number})
    ann.end()
    stage.until_closed()
    ben.connect().sync()
    ben.rest()
    assert ben.clips()["a.p"] == 2
    assert [(key, value, won) for key, value, _, won in _losses(stage)] == [("a.p", None, 3)]


def test_an_update_of_removals_holds_them_and_nothing_else() -> None:
    spans = [(1 << 40, 3, 300), (7, 0, 1), (7, 5, 130)]
    described = describe(removal_of(spans))
    assert (described.inserted, sorted(described.deleted)) == ([], sorted(spans))
    assert removal_of(reversed(spans)) == removal_of(spans)
