"""The merge report in the window: due, told, read, decided about, read again; without a cloud."""

import pytest
from factories.played_company import PlayedLive

from maxbooster_desktop.cloudlink.absence import Absence
from maxbooster_desktop.cloudlink.account import Who
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.sharing import Sharing
from maxbooster_desktop.ui.together.merge_report import MergeReport
from sync.client.errors import UnreachableError
from sync.client.projects import Member
from tests.factories.overwritten import overwritten

HOUR = 3600.0
_JOINED = "2026-11-20T10:00:00Z"
LINK = CloudLink("song", "http://127.0.0.1:1", "device")


class PlayedProjects:
    """The cloud's part: a feed and members."""

    def __init__(self):
        self.feed, self.asked, self.is_down = [], 0, False

    def overwritten(self, _project_id, after):
        self.asked += 1
        if self.is_down:
            raise UnreachableError("The cloud cannot be reached.")
        return [one for one in self.feed if one.id > after]

    def members(self, _project_id):
        return [Member("me", "Juno Vale", "owner", _JOINED), Member("deniz", "Deniz Aksoy", "editor", _JOINED)]


class PlayedAccount:
    """Juno is signed in."""

    who = Who("me", "Juno Vale")

    def __init__(self):
        self.projects = PlayedProjects()


class PlayedRoom(PlayedLive):
    """A live project whose absences and crossings the test plays."""

    link, absence, have_edits_crossed = LINK, None, False

    @property
    def has_been_away(self):
        return self.absence is not None

    def begin_report(self):
        self.have_edits_crossed = False
        return self.absence

    def end_report(self, absence, *, is_kept):
        if is_kept:
            self.absence = None
        else:
            self.have_edits_crossed = True


@pytest.fixture
def shared(studio_window, wait_until):
    """A window whose project is shared with Deniz, and the cloud's part."""
    studio, account = studio_window.studio, PlayedAccount()
    studio.do("tracks.add_track", "instrument", name="Organ").result()
    studio.project.submit_shared(Sharing.share, LINK).result()
    live = PlayedRoom()
    company = studio.company
    company._live, company._project = live, studio.project
    company.reports.attach(studio.project, live, account)
    company.reports._has_asked = True
    yield studio_window, live, account.projects
    company._live = None
    company.reports.detach()
    company.changed.emit()


def keys(studio):
    (track,) = [track.id for track in studio.state.tracks.values() if track.name in ("Organ", "Rhodes", "Piano")]
    return track


def lose(studio, feed, number=1, value="Rhodes", by="deniz"):
    other = "me" if by == "deniz" else "deniz"
    feed.append(overwritten(number, ("tracks", f"{keys(studio)}.n"), (by, value), other))


def told(window, wait_until, words):
    wait_until(lambda: any(words in sentence for sentence in window.toasts.sentences()))


def read(window, wait_until):
    window.bridge["together.merge_report"].run()
    dialog = [each for each in window.findChildren(MergeReport) if each.isVisible()][-1]
    wait_until(lambda: not dialog.is_asking)
    return dialog


def test_edits_that_crossed_are_asked_about_told_and_chosen(shared, wait_until):
    window, live, projects = shared
    studio = window.studio
    lose(studio, projects.feed)
    live.have_edits_crossed = True
    studio.company.changed.emit()
    told(window, wait_until, "1 to look at; nothing is lost")
    wait_until(lambda: window.status.cloud() == "Live  ·  saved in the cloud  ·  1 to look at")
    dialog = read(window, wait_until)
    assert dialog.rows() == [("Organ\nname", "Rhodes\nDeniz Aksoy", "Organ\nJuno Vale", "Organ\nthat of Juno Vale", "")]
    use = next(each for each in dialog.findChildren(type(dialog.keep_all)) if each.text() == "Use that of Deniz Aksoy")
    use.click()
    wait_until(lambda: "Rhodes" in {track.name for track in studio.state.tracks.values()})
    wait_until(lambda: dialog.rows()[0][3:] == ("Rhodes\nthat of Deniz Aksoy", "brought back"))
    assert window.status.cloud() == "Live  ·  saved in the cloud"
    dialog.accept()
    studio.project.undo().result()
    assert "Organ" in {track.name for track in studio.state.tracks.values()}
    again = read(window, wait_until)
    assert again.rows()[0][3:] == ("Organ\nthat of Juno Vale", "brought back"), "it can be read later"
    again.accept()


def test_what_is_in_force_already_is_not_offered(shared, wait_until):
    window, live, projects = shared
    lose(window.studio, projects.feed)
    live.have_edits_crossed = True
    dialog = read(window, wait_until)
    window.studio.do("shared.use_value", "tracks", f"{keys(window.studio)}.n", "Rhodes", "name of Organ").result()
    dialog.refresh()
    wait_until(lambda: dialog.rows()[0][3] == "Rhodes\nthat of Deniz Aksoy")
    offered = [each.text() for each in dialog.findChildren(type(dialog.keep_all)) if each.isVisibleTo(dialog)]
    assert "Keep" in offered
    assert "Use that of Deniz Aksoy" not in offered
    dialog.accept()


def test_a_cloud_that_does_not_answer_takes_no_report_away(shared, wait_until):
    window, live, projects = shared
    studio, reports = window.studio, window.studio.company.reports
    lose(studio, projects.feed)
    live.absence = Absence(1.0, 3.0 * HOUR, 1, studio.state, studio.state)
    projects.is_down = True
    studio.company.changed.emit()
    told(window, wait_until, "cannot be reached")
    assert (live.absence is not None, live.have_edits_crossed, reports.report) == (True, True, None)
    projects.is_down = False
    reports._asked_at_s = -HOUR
    studio.company.changed.emit()
    told(window, wait_until, "1 to look at; nothing is lost")
    wait_until(lambda: live.absence is None)


def test_what_the_cloud_refused_is_read_while_others_edit(shared, wait_until):
    window, _live, projects = shared
    projects.is_down = True
    dialog = read(window, wait_until)
    refused = dialog.problem.text()
    assert "cannot be reached" in refused
    dialog.saying.setText("Something that was done.")
    window.studio.do("tracks.rename_track", keys(window.studio), "Rhodes").result()
    dialog.refresh()
    assert dialog.is_asking
    wait_until(lambda: not dialog.is_asking)
    assert (dialog.problem.text(), dialog.saying.text()) == (refused, "Something that was done.")
    dialog.look()
    assert (dialog.problem.text(), dialog.saying.text()) == ("", "Asking what was overwritten…")
    wait_until(lambda: not dialog.is_asking)
    assert (dialog.problem.text(), dialog.saying.text()) == (refused, "")
    dialog.accept()


def test_keeping_writes_nothing(shared, wait_until):
    window, live, projects = shared
    studio = window.studio
    lose(studio, projects.feed, by="me")
    live.have_edits_crossed = True
    studio.company.changed.emit()
    told(window, wait_until, "1 to look at")
    steps = len(list(studio.project.history()))
    dialog = read(window, wait_until)
    assert dialog.rows()[0][1] == "Rhodes\nyours"
    dialog.keep_all.click()
    assert dialog.rows()[0][4] == "kept as it is"
    assert not dialog.keep_all.isEnabled()
    assert len(list(studio.project.history())) == steps
    dialog.accept()


def test_an_open_report_says_what_somebody_else_has_put_in_force_since(shared, wait_until):
    window, live, projects = shared
    studio = window.studio
    lose(studio, projects.feed)
    live.have_edits_crossed = True
    studio.company.changed.emit()
    told(window, wait_until, "1 to look at")
    dialog = read(window, wait_until)
    assert dialog.rows()[0][3] == "Organ\nthat of Juno Vale"
    studio.do("tracks.rename_track", keys(studio), "Piano").result()
    window.dialogs.look()
    wait_until(lambda: dialog.rows()[0][3] == "Piano\nchanged since")
    dialog.accept()


def test_hours_apart_are_told_with_what_fitted(shared, wait_until):
    window, live, _ = shared
    studio = window.studio
    before = studio.state
    studio.do("tracks.add_track", "audio", name="Vox").result()
    live.absence = Absence(1_000_000.0, 1_000_000.0 + 3 * HOUR, 2, before, studio.state)
    studio.company.changed.emit()
    told(window, wait_until, "2 of your edits went out, 1 change came in, nothing to look at")
    dialog = read(window, wait_until)
    assert dialog.fitted() == [("Tracks", 1)]
    assert dialog.title.text().startswith("Away from ")
    dialog.accept()


def test_nothing_is_asked_while_nothing_crosses(shared, wait_until):
    window, _, projects = shared
    for _ in range(20):
        window.studio.company.changed.emit()
    assert projects.asked == 0


def test_a_report_is_there_after_opening_again(shared, wait_until):
    window, live, projects = shared
    studio = window.studio
    lose(studio, projects.feed)
    live.have_edits_crossed = True
    studio.company.changed.emit()
    wait_until(lambda: studio.company.reports.to_look_at == 1)
    reports = studio.company.reports
    live_again, account = reports._live, reports._account
    reports.detach()
    reports.attach(studio.project, live_again, account)
    wait_until(lambda: reports.to_look_at == 1)
    assert studio.project.link.feed_id == 1
