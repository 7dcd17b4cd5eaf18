"""Links that a window follows: to the open project, to another one here, to one that is not here, to nowhere."""

from dataclasses import replace

import pytest

from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.sharing import Sharing
from maxbooster_desktop.ui.together.join_dialog import JoinDialog

BAR = 3840
MARA = ("acc_m", "Mara Lind")


@pytest.fixture
def shared(studio_window, live):
    """The open project, shared as project-1."""
    workspace = studio_window.workspace
    workspace._opened = replace(workspace._opened, link=live.link)
    return studio_window


def say(window, text, tick):
    (made,) = window.studio.do("comments.add_comment", MARA, text, tick).result().created
    window.threads.look()
    return made


def test_a_link_to_a_comment_is_copied_and_leads_back(shared, qapp):
    made = say(shared, "Here", 8 * BAR)
    shared.show_thread(made)
    shared.threads.card.link.click()
    link = qapp.clipboard().text()
    assert link == f"maxbooster://project/project-1?t={8 * BAR}&c={made}"
    shared.threads.close()
    shared.studio.engine.seek(0)
    shared.links.follow(link)
    assert shared.studio.playhead_tick == 8 * BAR
    assert shared.threads.card.thread_id == made
    shared.threads.close()


def test_a_link_to_a_place_is_copied_without_a_comment(shared, qapp):
    shared.studio.engine.seek(2 * BAR)
    shared.bridge["together.copy_link"].run()
    assert qapp.clipboard().text() == f"maxbooster://project/project-1?t={2 * BAR}"


def test_a_comment_that_is_gone_leaves_its_place(shared):
    shared.links.follow(f"maxbooster://project/project-1?t={4 * BAR}&c=gone")
    assert shared.studio.playhead_tick == 4 * BAR
    assert "was deleted, or has not arrived" in shared.toasts.sentences()[-1]


@pytest.mark.parametrize("text", ["maxbooster://nowhere", "maxbooster://project/ID?t=soon"])
def test_a_bad_link_is_one_sentence(studio_window, text):
    studio_window.links.follow(text)
    (sentence,) = studio_window.toasts.sentences()
    assert sentence.startswith("This is no link of Max Booster")


def test_a_project_of_this_computer_is_opened_and_gone_to(studio_window, tmp_path, monkeypatch, wait_until):
    other = tmp_path / "home" / "projects" / "Other"
    with create_project(other) as project:
        project.submit_shared(Sharing.share, CloudLink("project-2", "https://cloud.example", "device")).result()
    company = studio_window.studio.company
    monkeypatch.setattr(company, "attach", lambda _project, _link: None)  # nobody goes into a room here
    studio_window.links.follow(f"maxbooster://project/project-2?t={6 * BAR}")
    wait_until(lambda: studio_window.page is not None and studio_window.workspace.shared_id == "project-2")
    wait_until(lambda: studio_window.studio.playhead_tick == 6 * BAR)
    assert studio_window.studio.project.folder == other


def test_a_project_that_is_not_here_is_offered(studio_window, wait_until):
    link = f"maxbooster://project/project-3?t={BAR}"
    studio_window.links.follow(link)
    wait_until(lambda: studio_window.findChild(JoinDialog) is not None)
    dialog = studio_window.findChild(JoinDialog)
    assert dialog.link.text() == link
    dialog.reject()


def test_a_link_to_the_end_of_time_is_gone_to_and_painted(shared, wait_until):
    say(shared, "Here", 0)
    wide = {"end_tick": 2**40, "track": None}
    shared.studio.do("comments.add_comment", MARA, "From beginning to end", 0, **wide).result()
    lane = shared.page.arranger.ruler.comments
    wait_until(lambda: [pin.bar is not None for pin in lane.places.pins()] == [False, True])
    shared.links.follow("maxbooster://project/project-1?t=999999999999")
    assert shared.studio.playhead_tick == 999_999_999_999
    assert [pin.bar is not None for pin in lane.places.pins()] == [False, True]
    for factor in (1.0, 50.0, 0.001):
        shared.zoom(factor)
        shared.grab()
    shared.zoom_fit()
    shared.grab()
