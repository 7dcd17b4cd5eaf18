"""Shared projects between desktops: live both ways, offline and back, restarts, roles, ten at once."""

import random

import pytest

from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from maxbooster_desktop.cloudlink.links import InvitationLink, read
from maxbooster_desktop.cloudlink.people import OwnPresence
from maxbooster_desktop.cloudlink.sharing_verbs import come_to, join
from maxbooster_desktop.project.document.state import Holder
from maxbooster_desktop.project.document.track_locks import TrackLockedError
from maxbooster_desktop.project.edits import channel, comments, markers, meta, tracks
from maxbooster_desktop.project.store.linked_folders import linked_to
from maxbooster_desktop.project.store.opening import open_project
from maxbooster_desktop.project.store.sharing import CommentsOnlyError
from sync.client.room_events import Connection
from sync.document.errors import RefusedUpdateError
from tests.integration.cloud.desktop.studios import until


def names(studio):
    return {track.name for track in studio.project.state.tracks.values()} - {"Master"}


def invited(owner, project_id, role="editor", uses=20):
    return owner.account.projects.invite(project_id, role, uses=uses).token


@pytest.fixture
def pair(studio):
    """Ada shares, Mara joins; return both and the twin's id."""
    ada = studio("ada")
    project_id = ada.share_new()
    until(lambda: ada.is_quiet)
    mara = studio("mara")
    mara.join(invited(ada, project_id))
    until(lambda: mara.is_quiet)
    return ada, mara, project_id


def agree(*studios):
    until(lambda: all(one.is_quiet for one in studios))
    until(lambda: all(one.project.state == studios[0].project.state for one in studios))


def test_edits_arrive_both_ways_and_undo_is_ones_own(pair):
    ada, mara, _ = pair
    assert mara.project.state == ada.project.state
    ada.project.do(tracks.add_track, "audio", name="Bass")
    mara.project.do(tracks.add_track, "audio", name="Keys")
    until(lambda: names(ada) == names(mara) == {"Bass", "Keys"})
    mara.project.undo().result()
    until(lambda: names(ada) == {"Bass"})
    agree(ada, mara)
    assert ada.live.standing.sentence.endswith("saved in the cloud")


def test_an_invitation_to_another_cloud_is_not_shown_to_this_one(studio, tmp_path):
    ada = studio("ada")
    with pytest.raises(CloudTroubleError, match="leads to https://other"):
        join(InvitationLink("https://other.example", "mb_invite_x"), ada.account, tmp_path)


def test_what_cannot_be_merged_is_said(pair, monkeypatch, expected_log):
    ada, mara, _ = pair
    expected_log("went apart")

    def refuse(_updates):
        raise RefusedUpdateError("it is no update")

    monkeypatch.setattr(mara.project._session.sharing, "take", refuse)
    ada.project.do(tracks.add_track, "audio", name="Bass")
    until(lambda: mara.live.standing.is_apart)
    assert mara.live.standing.sentence == "Not merged  ·  close the project and open it"
    assert "it is no update" in mara.live.standing.reason


def test_offline_edits_of_both_are_merged_after_a_restart(pair):
    ada, mara, _ = pair
    mara.leave()
    ada.project.do(tracks.add_track, "audio", name="Bass")
    until(lambda: ada.is_quiet)
    mara.project = open_project(mara.project.folder)
    mara.project.do(tracks.add_track, "audio", name="Offline")
    mara.project.do(meta.rename_project, "Night Drive 2")
    mara.project.close()
    mara.come_back()
    agree(ada, mara)
    assert names(ada) == {"Bass", "Offline"}
    assert ada.project.state.meta.name == "Night Drive 2"


def test_working_offline_counts_what_waits(pair):
    ada, mara, _ = pair
    mara.live.work_offline(is_offline=True)
    until(lambda: mara.live.standing.connection is Connection.OFFLINE)
    for number in range(3):
        mara.project.do(markers.add_marker, 960 * number, f"M{number}")
    until(lambda: mara.live.standing.waiting == 3)
    assert mara.live.standing.sentence == "Offline  ·  3 edits waiting"
    mara.live.work_offline(is_offline=False)
    agree(ada, mara)
    assert len(ada.project.state.markers) == 3


def test_a_viewer_may_look(studio, pair):
    ada, _, project_id = pair
    vera = studio("vera")
    vera.join(invited(ada, project_id, "viewer"))
    until(lambda: vera.is_quiet)
    ada.project.do(tracks.add_track, "audio", name="Bass")
    until(lambda: names(vera) == {"Bass"})
    vera.project.do(tracks.add_track, "audio", name="Hers alone")
    until(lambda: vera.live.standing.waiting == 1)
    assert vera.live.standing.is_refused
    ada.project.do(tracks.add_track, "audio", name="Keys")
    until(lambda: "Keys" in names(vera))
    assert names(ada) == {"Bass", "Keys"}
    ada.account.projects.change_role(project_id, vera.account.who.id, "editor")
    # A ticket admits as what its holder was: the new role comes with the next one.
    vera.live.work_offline(is_offline=True)
    vera.live.work_offline(is_offline=False)
    agree(ada, vera)
    assert "Hers alone" in names(ada)


def test_a_commenter_comments_and_changes_nothing_else(studio, pair):
    ada, _, project_id = pair
    cora = studio("cora")
    cora.join(invited(ada, project_id, "commenter"))
    until(lambda: cora.is_quiet)
    with pytest.raises(CommentsOnlyError):
        cora.project.do(tracks.add_track, "audio", name="Hers")
    cora.project.do(comments.add_comment, (cora.account.who.id, "Cora"), "Softer?", 960)
    until(lambda: [one.text for one in ada.project.state.comments] == ["Softer?"])
    until(lambda: cora.live.standing.sentence == "You may comment  ·  saved in the cloud")


def test_a_held_track_is_edited_by_its_holder_alone_until_it_is_given(pair):
    ada, mara, _ = pair
    (track,) = ada.project.do(tracks.add_track, "audio", name="Lead vox").created
    until(lambda: "Lead vox" in names(mara))
    ada.project.do(tracks.lock_tracks, [track], Holder(ada.account.who.id, "Ada"))
    until(lambda: mara.project.state.tracks[track].lock is not None)
    with pytest.raises(TrackLockedError, match="“Lead vox” is locked by Ada"):
        mara.project.do(channel.set_gain, track, -6.0)
    mara.project.do(tracks.ask_for_track, track, Holder(mara.account.who.id, "Mara"))
    until(lambda: ada.project.state.tracks[track].asked is not None)
    ada.project.do(tracks.give_track, track)
    until(lambda: mara.project.state.tracks[track].lock.name == "Mara")
    mara.project.do(channel.set_gain, track, -6.0)
    with pytest.raises(TrackLockedError):
        ada.project.do(channel.set_gain, track, -3.0)
    agree(ada, mara)
    assert ada.project.state.tracks[track].gain_db == -6.0


def test_who_is_removed_keeps_a_copy_and_is_told(pair):
    ada, mara, project_id = pair
    ada.account.projects.remove_member(project_id, mara.account.who.id)
    until(lambda: mara.live.standing.connection is Connection.NOT_ALLOWED)
    assert "your copy" in mara.live.standing.reason
    mara.project.do(tracks.add_track, "audio", name="Mine")


def test_people_see_each_other(pair):
    ada, mara, _ = pair
    mara.live.show(OwnPresence(pointer=(960, "master"), clips=("c1",), doing="moves Bass"))
    until(lambda: ada.live.people)
    (person,) = ada.live.people
    assert (person.name, person.pointer, person.clips, person.doing) == ("Ada", (960, "master"), ("c1",), "moves Bass")
    assert person.account == mara.account.who.id
    mara.leave()
    until(lambda: not ada.live.people)


def test_links_lead_members_in_and_wrong_ones_are_one_sentence(pair, tmp_path):
    ada, _, project_id = pair
    there = tmp_path / "another computer"
    there.mkdir()
    folder = come_to(project_id, ada.account, there)
    assert linked_to(folder) == project_id
    with pytest.raises(CloudTroubleError, match="not among yours"):
        come_to("nobodys", ada.account, there)
    with pytest.raises(CloudTroubleError, match="no link of Max Booster"):
        read("https://example.org/x")
    link = InvitationLink(ada.account.address, "x" * 40)
    assert read(link.text()) == link
    with pytest.raises(CloudTroubleError):
        join(link, ada.account, tmp_path)


def test_ten_collaborators_with_gaps_converge_and_lose_nothing(studio, pair):
    ada, mara, project_id = pair
    token = invited(ada, project_id)
    everybody = [ada, mara]
    for number in range(8):
        everybody.append(studio(f"guest{number}"))
        everybody[-1].join(token)
    until(lambda: all(one.is_quiet for one in everybody), 60)
    chance = random.Random(7)
    made = set()
    for number in range(40):
        who = chance.choice(everybody)
        if chance.random() < 0.2:
            who.live.work_offline(is_offline=chance.random() < 0.5)
        name = f"T{number}"
        who.project.do(tracks.add_track, "audio", name=name)
        made.add(name)
    for one in everybody:
        one.live.work_offline(is_offline=False)
    agree(*everybody)
    assert names(ada) == made
