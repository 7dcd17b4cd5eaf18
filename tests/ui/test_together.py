"""Working together in the window: what is shown of the others and of the cloud, without a cloud."""

from factories.played_company import person
from PySide6.QtGui import QImage, QPainter

from maxbooster_desktop.cloudlink.people import DraggedClip, colour_of, person_of
from maxbooster_desktop.cloudlink.standing import Standing
from maxbooster_desktop.ui.together.avatars import Avatar
from maxbooster_desktop.ui.together.comments_dialog import CommentsDialog
from maxbooster_desktop.ui.widgets.person_colour import person_colour
from sync.client.presence import Peer
from sync.client.room_events import Connection


def test_the_status_bar_says_how_it_stands(studio_window, live):
    company = studio_window.studio.company
    company.changed.emit()
    assert studio_window.status.cloud() == "Live  ·  saved in the cloud"
    live.standing = Standing(Connection.OFFLINE, 3, "The cloud cannot be reached.")
    company.changed.emit()
    assert studio_window.status.cloud() == "Offline  ·  3 edits waiting"
    live.standing = Standing(Connection.NOT_ALLOWED, 4, "You are no member of this project any more.")
    company.changed.emit()
    assert studio_window.status.cloud() == "Not allowed  ·  4 edits stay here"
    live.standing = Standing(Connection.LIVE, 1, others=2, role="editor")
    company.changed.emit()
    assert studio_window.status.cloud() == "Live with 2 others  ·  1 edit waiting"


def test_an_unshared_project_says_nothing(studio_window):
    assert studio_window.status.cloud() == ""
    assert not studio_window.page.transport.avatars.isVisible()
    assert not studio_window.page.arranger.others._timer.isActive()


def test_people_have_buttons_that_follow_them(studio_window, live):
    company, avatars = studio_window.studio.company, studio_window.page.transport.avatars
    live.people = (person(), person(client=6, name="Deniz Aksoy", colour=1))
    company.changed.emit()
    assert [one.initials for one in avatars.people()] == ["ML", "DA"]
    button = next(each for each in avatars.findChildren(Avatar) if each.person.client == 6)
    assert "Deniz Aksoy, editor; click to follow" in button.accessibleName()
    button.click()
    assert company.followed.client == 6
    studio_window.bridge["together.follow"].run()
    assert company.followed is None


def test_who_is_followed_takes_the_view_along(studio_window, live):
    company, scene = studio_window.studio.company, studio_window.page.arranger.scene
    live.people = (person(playhead_tick=400 * 3840),)
    company.changed.emit()
    first = scene.visible_range()
    company.follow(5)
    assert first != scene.visible_range()
    assert scene.visible_range()[0] <= 400 * 3840 <= scene.visible_range()[1]


def test_others_are_painted_in_their_colour(studio_window, live):
    arranger, company = studio_window.page.arranger, studio_window.studio.company
    track = studio_window.studio.state.track_order[0]
    live.people = (person(colour=2, playhead_tick=3840, is_playing=True, pointer=(1920, track)),)
    company.changed.emit()
    assert arranger.others.lanes.isVisible()
    picture = QImage(arranger.canvas.size(), QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    arranger.others.painter.paint_lanes(painter, live.people)
    painter.end()
    x = round(arranger.scene.axis.x_of(3840))
    assert picture.pixelColor(x, 300).rgb() == person_colour(2).rgb()
    live.people = ()
    company.changed.emit()
    assert not arranger.others.lanes.isVisible()


def test_what_one_does_is_shown_to_the_others(studio_window, live, wait_until):
    company, studio = studio_window.studio.company, studio_window.studio
    company.changed.emit()
    wait_until(lambda: live.shown)
    studio.engine.seek(960)
    studio.selection.set_tracks([studio.state.track_order[0]])
    wait_until(lambda: live.shown[-1].playhead_tick == 960 and live.shown[-1].tracks)
    count = len(live.shown)
    wait_until(lambda: studio_window.page.arranger.others._tells > 20)
    assert len(live.shown) == count, "nothing is told while nothing changes"


def test_working_offline_is_an_action(studio_window, live):
    studio_window.studio.company.changed.emit()
    studio_window.bridge["together.offline"].run()
    assert live.offline is True
    studio_window.bridge["together.offline"].run()
    assert live.offline is False


def test_a_peer_that_sends_nonsense_is_read_with_care():
    nonsense = {"user": 5, "pointer": ["x", 1], "play": "?", "clips": [1, "c"], "drag": [["c", "t", -1], 3], "doing": 7}
    read = person_of(Peer(1, nonsense))
    assert (read.name, read.pointer, read.clips, read.dragged, read.doing) == ("Somebody", None, ("c",), (), "")
    known = person_of(Peer(1, {"user": {"name": "Mara", "account": "acc"}, "drag": [["c", "t", 960]]}))
    assert known.dragged == (DraggedClip("c", "t", 960),)
    assert known.colour == colour_of("acc")
    ill = person_of(Peer(1, {"user": {"name": "Mara\x1b[2J\u202e" + "!" * 500}, "doing": "\u202e"}))
    assert (ill.name[:10], len(ill.name), ill.doing) == ("Mara [2J !", 100, "")


def test_comments_are_written_answered_and_closed(studio_window, wait_until):
    studio = studio_window.studio
    studio_window.bridge["together.comments"].run()
    dialog = studio_window.findChild(CommentsDialog)
    studio.engine.seek(4 * 3840)
    dialog.text.setPlainText("Could strings answer?")
    dialog.write.click()
    wait_until(lambda: studio.state.comments)
    studio_window.dialogs.look()
    name = studio.company.author[1]
    assert dialog.rows() == [f"5.1   all tracks   {name}: Could strings answer?"]
    dialog.text.setPlainText("Yes.")
    dialog.answer.click()
    wait_until(lambda: len(studio.state.comments) == 2)
    studio_window.dialogs.look()
    assert dialog.rows()[1].strip() == f"{name}: Yes."
    studio.engine.seek(0)
    dialog.list.setCurrentIndex(dialog._model.index(0))
    dialog.go.click()
    assert studio.playhead_tick == 4 * 3840
    dialog.close_thread.click()
    wait_until(lambda: studio.state.comments[0].is_done)
    studio_window.dialogs.look()
    assert dialog.rows() == []
    dialog.shows_done.setChecked(True)
    assert len(dialog.rows()) == 2
    dialog.leave.click()
    assert dialog.isHidden()


def test_a_clip_in_somebodys_hand_is_asked_about_once(studio_window, live, wait_until):
    studio = studio_window.studio
    (track,) = studio.do("tracks.add_track", "instrument", name="Keys").result().created
    studio.do("clips.add_midi_clip", track, 0, 3840, "Riff")
    wait_until(lambda: studio.state.clips)
    (clip,) = studio.state.clips
    live.people = (person(clips=(clip,)),)
    assert studio.do("clips.rename_clip", clip, "Hook") is None
    assert studio_window.toasts.sentences() == ["Mara Lind has “Riff” in hand: do it again to change it all the same."]
    studio.do("clips.rename_clip", clip, "Hook")
    wait_until(lambda: studio.state.clips[clip].name == "Hook")
    live.people = (person(),)
    assert studio.do("clips.move_clips", [clip], 3840) is not None
    live.people = (person(dragged=(DraggedClip(clip, track, 0),)),)
    assert studio.do("clips.move_clips", [clip], 3840) is None, "who lets go and takes it again is asked about again"
