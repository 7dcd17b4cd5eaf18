"""Facts have no digests and come with projects that others send: whatever stands in them is a fact or none."""

import json

import pytest

from maxbooster_desktop.cloudlink.report import MergeReport
from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.cloud_link import CloudLink, read_link, write_link
from maxbooster_desktop.project.store.facts import write_fact
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.versions.sources import kin

_LINK = {"project_id": "p", "address": "https://a", "device": "d", "seen": [[1, 2]]}
_FORK = {"folder": "/", "project_id": "p", "name": "Branch", "version": 0, "made_at": 1.0}
_ROW = dict.fromkeys(("root", "key", "what", "facet", "lost", "lost_by", "won", "won_by"), "") | {
    "id": 1,
    "is_mine": True,
    "raw": None,
}
_ABSURD = ("null", "[]", "7", '"text"', "[" * 5_000, "{", '{"rows": 1}', '[{"folder": 7}]', '[["folder"]]')


@pytest.fixture
def folder(tmp_path):
    create_project(tmp_path / "Song").close()
    return tmp_path / "Song"


def written(folder, name, text):
    engine = database.writing_engine(folder / database.DATABASE_NAME)
    with engine.begin() as connection:
        write_fact(connection, name, text)
    engine.dispose()


@pytest.mark.parametrize("wrong", [{"address": 5}, {"acked_number": "7"}, {"left_at_s": 1e300}, {"role": None}])
def test_a_link_of_other_types_is_none(folder, wrong):
    written(folder, "cloud", json.dumps(_LINK | wrong))
    with open_project(folder) as project:
        assert project.link is None
        assert project.recovery is None


def test_a_link_that_fits_is_read(folder):
    written(folder, "cloud", json.dumps(_LINK))
    with open_project(folder) as project:
        assert project.link == CloudLink("p", "https://a", "d", seen=((1, 2),))


@pytest.mark.parametrize("text", [*_ABSURD, *(json.dumps([_FORK | {"made_at": at}]) for at in ("soon", 1e300, -1e300))])
def test_where_it_branched_off_is_a_place_or_none(folder, text):
    for name in ("forked_from", "branches", "cloud", "read_comments", "merge_report"):
        written(folder, name, text)
    assert kin(folder) == (None, [])
    with open_project(folder) as project:
        assert project.link is None
        assert project.submit_shared(lambda sharing: sharing.read).result() == frozenset()


def test_a_branch_at_a_name_no_disk_holds_is_not_listed(folder):
    written(folder, "branches", json.dumps([_FORK | {"folder": f"/{'x' * 400}"}, _FORK | {"folder": "/a\0b"}]))
    assert kin(folder) == (None, [])


@pytest.mark.parametrize(
    "wrong", [{"begun_at_s": 1e300}, {"ended_at_s": "then"}, {"sent": None}, {"rows": [_ROW | {"id": "x"}]}]
)
def test_a_report_of_other_types_is_none(wrong):
    whole = {"begun_at_s": 1.0, "ended_at_s": 2.0, "sent": 1, "fitted": [["Clips", 2]], "rows": [_ROW]}
    assert MergeReport.of(json.dumps(whole)).sentence
    assert MergeReport.of(json.dumps(whole | wrong)) is None


def test_a_report_whose_bytes_are_none_has_no_value():
    row = _ROW | {"raw": {"$bytes": 7}}
    (loss,) = MergeReport.of(json.dumps({"fitted": [], "rows": [row, row | {"raw": {"$bytes": "x"}}]})).rows[:1]
    assert loss.value is None


def test_a_link_is_read_as_it_was_written(folder):
    link = CloudLink("p", "https://a", "d", "acc", 3, 4, ((1, 2), (5, 6)), 7, "editor", 1.5)
    engine = database.writing_engine(folder / database.DATABASE_NAME)
    with engine.begin() as connection:
        write_link(connection, link)
        assert read_link(connection) == link
    engine.dispose()
