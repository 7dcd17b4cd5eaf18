"""The merge report: when it is due, what it says of each value, and that it can be read later."""

from dataclasses import replace

import pytest

from maxbooster_desktop.cloudlink import report
from maxbooster_desktop.cloudlink.absence import Absence, AbsenceWatch
from maxbooster_desktop.cloudlink.losses import KEPT, USED, losses, value_text
from maxbooster_desktop.cloudlink.report import MergeReport, next_report
from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Clip, Marker, Track
from maxbooster_desktop.project.edits import clips, tracks
from maxbooster_desktop.project.versions import comparing
from tests.factories.overwritten import overwritten

BAR = 3840
HOUR = 3600.0


@pytest.fixture
def song():
    document = ProjectDocument(new_document("Night Drive", 48_000, seeded_ids(1)), ids=seeded_ids(2))
    with document.edit("Fill") as edit:
        edit.create(Track("keys", "instrument", "Keys", "a0"))
        edit.create(Clip("riff", "keys", 6 * BAR, "Riser", "midi", length_ticks=BAR))
        edit.create(Marker("m1", BAR, "Verse"))
    return document


def entry(number, root, key, lost, by="deniz"):
    return overwritten(number, (root, key), (by, lost), "juno" if by == "deniz" else "deniz")


def rows(song, *entries, me="juno"):
    held = {(one.root, one.key): song.registers.value(one.root, one.key) for one in entries}
    return losses(entries, held, song.state, {"juno": "Juno Vale", "deniz": "Deniz Aksoy"}, me)


def test_a_row_names_both_values_as_a_person_reads_them(song):
    (row,) = rows(song, entry(3, "clips", "riff.p", ["keys", 7 * BAR, 0]))
    assert (row.what, row.facet) == ("Riser", "place")
    assert (row.lost, row.lost_by) == ("8.1.1 on Keys", "Deniz Aksoy")
    assert (row.won, row.won_by) == ("7.1.1 on Keys", "Juno Vale")
    assert row.value == ("keys", 7 * BAR, 0)
    assert not row.is_mine


def test_of_one_value_the_last_loss_counts_and_one_that_is_in_force_again_is_none(song):
    found = rows(
        song,
        entry(1, "tracks", "keys.n", "Rhodes"),
        entry(2, "tracks", "keys.n", "Piano", by="juno"),
        entry(3, "clips", "riff.p", ["keys", 6 * BAR, 0]),
    )
    assert [(one.id, one.lost, one.is_mine) for one in found] == [(2, "Piano", True)]


@pytest.mark.parametrize(
    ("root", "key", "value", "text"),
    [
        ("clips", "riff.g", -3, "-3.0 dB"),
        ("clips", "riff.p", ("gone", 0, 0), "1.1.1 on a deleted track"),
        ("tracks", "keys.pan", -0.3, "30% left"),
        ("tracks", "keys.m", True, "on"),
        ("tracks", "keys.r", None, "nothing"),
        ("tempo", "t1.e", (16 * BAR, 126, False), "126 at 17.1.1"),
        ("tempo", "t1.s", (BAR, 7, 8), "7/8 at 2.1.1"),
        ("markers", "m1.p", BAR + 960, "2.2.1"),
        ("notes", "riff.n1", b"1234567890123456", "a note"),
        ("clips", "riff.x", (1, "deniz", 5), "deleted"),
        ("clips", "riff.x", None, "there"),
        ("plug", "i1.v.ceiling_db", -1.25, "-1.25"),
        ("takes", "keys.c.r1", (BAR, 2 * BAR, "gone", 10, 1), "a deleted take from 2.1.1 to 3.1.1"),
        ("takes", "k1.k", ("keys", "a", BAR, 0, 100), "2.1.1 on Keys"),
        ("tracks", "keys.dly", -12.5, "-12.5"),
    ],
)
def test_values_are_written_as_people_write_them(song, root, key, value, text):
    assert value_text(root, key, value, song.state) == text


def absence(song, hours, sent=0):
    before = song.state
    clips.move_clips(song, ["riff"], BAR)
    tracks.add_track(song, "audio", name="Vox")
    return Absence(1_000_000.0, 1_000_000.0 + hours * HOUR, sent, before, song.state)


def test_after_more_than_an_hour_apart_it_counts_what_fitted(song):
    report = next_report(None, absence(song, 3.2, sent=3), ())
    assert report.fitted == (("Clips", 1), ("Tracks", 1))
    assert (report.sent, report.came, report.rows) == (3, 2, ())
    assert "3 of your edits went out, 2 changes came in, nothing to look at" in report.sentence
    assert report.sentence.startswith("Away from ")
    assert MergeReport(1_000_000.0, 1_000_001.0, sent=1).sentence.startswith("Away at ")


def test_a_short_absence_without_losses_is_not_told(song):
    assert next_report(None, absence(song, 0.5, sent=3), ()) is None
    assert next_report(None, replace(absence(song, 2.0), sent=0, after=song.state, before=song.state), ()) is None
    assert next_report(None, replace(absence(song, 2.0), begun_at_s=0.0), ()) is None


def test_something_overwritten_is_always_told(song):
    lost = rows(song, entry(3, "tracks", "keys.n", "Rhodes"))
    report = next_report(None, None, lost)
    assert report.sentence.startswith("1 to look at; nothing is lost.")
    assert [row.id for row in report.undecided] == [3]
    assert report.deciding(3, KEPT).sentence == "Nothing left to look at; nothing is lost."
    short = next_report(None, replace(absence(song, 0.5, sent=3), after=song.state, before=song.state), lost)
    assert "3 of your edits went out, nothing else came in, 1 to look at" in short.sentence


def test_what_is_not_decided_goes_into_the_next_report(song):
    first = next_report(
        None, None, rows(song, entry(3, "tracks", "keys.n", "Rhodes"), entry(4, "clips", "riff.n", "A"))
    )
    first = first.deciding(4, KEPT)
    report = next_report(first, None, rows(song, entry(5, "markers", "m1.n", "Chorus")))
    assert [row.id for row in report.rows] == [3, 5]
    again = next_report(report, None, rows(song, entry(6, "tracks", "keys.n", "Organ")))
    assert [(row.id, row.lost) for row in again.rows] == [(5, "Chorus"), (6, "Organ")]


def test_it_is_read_again_as_it_was_kept(song):
    lost = rows(song, entry(3, "notes", "riff.n1", {"$bytes": "AAAA"}), entry(4, "clips", "riff.p", ["keys", 0, 0]))
    report = next_report(None, absence(song, 3.0, sent=1), lost).deciding(3, USED)
    again = MergeReport.of(report.text())
    assert again == report
    assert again.rows[0].value == b"\0\0\0"
    assert [row.id for row in again.undecided] == [4]


@pytest.mark.parametrize("text", ["", "null", "{", "[]", '{"rows": [{"id": 1}], "fitted": []}', '{"rows": 5}'])
def test_what_another_version_kept_counts_as_nothing(text):
    assert MergeReport.of(text) is None


def test_an_absence_ends_once_and_knows_what_was_before(song):
    watch = AbsenceWatch(0.0)
    assert watch.come_back(5.0, song.state) is None
    watch.leave(10.0)
    before = song.state
    watch.enter(2, before)
    tracks.add_track(song, "audio", name="Vox")
    watch.enter(7, song.state)
    found = watch.come_back(20.0, song.state)
    assert (found.begun_at_s, found.ended_at_s, found.sent) == (10.0, 20.0, 2)
    assert (found.before, found.after) == (before, song.state)
    assert watch.come_back(30.0, song.state) is None


def test_every_thing_that_is_counted_has_its_part_of_the_report() -> None:
    assert set(comparing._NOUNS) <= set(report._FAMILIES)
