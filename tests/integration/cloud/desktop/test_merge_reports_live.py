"""The merge report between two desktops through a real cloud: who lost what, what is in force, what fitted."""

import time

import pytest

from maxbooster_desktop.actions.reports import Reports
from maxbooster_desktop.cloudlink.losses import USED
from maxbooster_desktop.project.edits import markers, shared, tracks
from maxbooster_desktop.project.store.opening import open_project
from maxbooster_desktop.project.store.sharing import Sharing
from tests.integration.cloud.desktop.studios import until


@pytest.fixture
def pair(studio):
    """Ada shares a song with a track, Mara joins; both with their reports."""
    ada = studio("ada")
    project_id = ada.share_new()
    (track,) = ada.project.do(tracks.add_track, "audio", name="Drums").created
    until(lambda: ada.is_quiet)
    mara = studio("mara")
    mara.join(ada.account.projects.invite(project_id, "editor", uses=2).token)
    until(lambda: mara.is_quiet)
    return ada, mara, track


def reports_of(one):
    reports = Reports(lambda: None)
    reports.attach(one.project, one.live, one.account)
    return reports


def part(ada, mara, track):
    """Mara works alone on what Ada changes, too, and comes back."""
    mara.live.work_offline(is_offline=True)
    until(lambda: not mara.live.standing.is_live)
    mara.project.do(tracks.rename_track, track, "Kit")
    mara.project.do(markers.add_marker, 0, "Intro")
    ada.project.do(tracks.rename_track, track, "Beats")
    ada.project.do(tracks.add_track, "audio", name="Bass")
    until(lambda: ada.is_quiet)
    mara.live.work_offline(is_offline=False)
    until(lambda: mara.is_quiet and ada.is_quiet and ada.project.state == mara.project.state)
    until(lambda: mara.live.has_been_away)


def test_both_sides_learn_what_was_overwritten_and_one_brings_it_back(pair):
    ada, mara, track = pair
    hers, his = reports_of(mara), reports_of(ada)
    assert hers.is_due(), "the first time it is asked in any case"
    assert hers.look() is None
    part(ada, mara, track)
    assert ada.live.have_edits_crossed
    assert mara.live.have_edits_crossed
    report = hers.look()
    (row,) = report.rows
    in_force = mara.project.state.tracks[track].name
    lost = "Beats" if in_force == "Kit" else "Kit"
    assert (row.what, row.facet, row.lost, row.won) == (in_force, "name", lost, in_force)
    assert row.is_mine == (lost == "Kit")
    assert hers.now() == {row.id: in_force}
    assert (report.sent, dict(report.fitted)["Tracks"] >= 1) == (2, True)
    assert his.look().rows[0].is_mine != row.is_mine
    mara.project.do(shared.use_value, row.root, row.key, row.value, "name")
    hers.decide(row, USED)
    until(lambda: ada.project.state.tracks[track].name == lost)
    assert his.now() == {row.id: lost}
    assert hers.look() is None, "what is in the report is not told again"
    assert not mara.live.have_edits_crossed


def test_when_the_program_ended_meanwhile_the_absence_counts(pair, monkeypatch):
    ada, mara, track = pair
    mara.leave()
    ada.project.do(tracks.add_track, "audio", name="Bass")
    until(lambda: ada.is_quiet)
    mara.project = open_project(mara.project.folder)
    assert mara.project.link.left_at_s > 0
    mara.project.do(tracks.rename_track, track, "Kit")
    mara.go_live()
    until(lambda: mara.is_quiet and mara.live.has_been_away)
    absence = mara.live.begin_report()
    assert (absence.sent, absence.is_long) == (1, False)
    assert len(absence.after.tracks) == len(absence.before.tracks) + 1
    until(lambda: mara.project.link.left_at_s == 0)


def test_before_hours_of_others_work_come_in_a_version_is_kept(pair):
    ada, mara, track = pair
    mara.leave()
    ada.project.do(tracks.rename_track, track, "Beats")
    until(lambda: ada.is_quiet)
    mara.project = open_project(mara.project.folder)
    mara.project.submit_shared(Sharing.note_left, time.time() - 7200).result()
    mara.go_live()
    until(lambda: mara.is_quiet and mara.live.has_been_away)
    assert mara.live.begin_report().is_long
    (kept,) = [one for one in mara.project.versions() if one.kind == "before"]
    assert mara.project.state.tracks[track].name == "Beats"
    mara.project.restore_version(kept.id).result()
    assert mara.project.state.tracks[track].name == "Drums"
