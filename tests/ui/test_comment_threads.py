"""Threads in the window: a card at its pin, answering, changing, closing, calling people, what was read."""

import pytest
from factories.played_company import person
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from maxbooster_desktop.actions import attention
from maxbooster_desktop.project.edits import tracks
from maxbooster_desktop.project.store.sharing import Sharing

BAR = 3840
MARA = ("acc_m", "Mara Lind")


@pytest.fixture
def others(live):
    """Two others are here."""
    live.people = (person(account="acc_m"), person(client=6, account="acc_d", name="Deniz Aksoy"))


def say(window, text, tick, author=MARA, **about):
    (made,) = window.studio.do("comments.add_comment", author, text, tick, **about).result().created
    window.threads.look()
    return made


def typed(edit, text):
    QTest.keyClicks(edit, text)


def words(window):
    return [remark.comment.text for remark in window.threads.card.remarks()]


def test_a_comment_is_written_with_the_keyboard_alone(studio_window, wait_until):
    studio = studio_window.studio
    studio.selection.set_time_range(4 * BAR, 6 * BAR)
    studio_window.bridge["together.comment"].run()
    card = studio_window.threads.card
    assert card.title.text().startswith("New comment at 5.1 \N{EN DASH} 7.1")
    assert studio_window.focusWidget() is card.answer
    typed(card.answer, "Could strings answer?")
    QTest.keyClick(card.answer, Qt.Key.Key_Return)
    wait_until(lambda: studio.state.comments and card.thread_id is not None and card.remarks())
    (made,) = studio.state.comments
    assert (made.tick, made.end_tick, made.text) == (4 * BAR, 6 * BAR, "Could strings answer?")
    assert studio.open_thread == made.id
    QTest.keyClick(card.answer, Qt.Key.Key_Escape)
    assert studio_window.threads.card is None
    assert studio_window.focusWidget() is studio_window.page.arranger.ruler.comments


def test_a_thread_opens_at_its_pin_and_is_answered_closed_and_opened_again(studio_window, wait_until):
    studio, arranger = studio_window.studio, studio_window.page.arranger
    made = say(studio_window, "The s is sharp.", 2 * BAR)
    wait_until(lambda: arranger.rect_of(made) is not None)
    arranger.ruler.comments.opened.emit(made)
    card = studio_window.threads.card
    assert card.isVisible()
    assert card.title.text() == "3.1, all tracks"
    left = arranger.ruler.mapTo(arranger, arranger.ruler.rect().topLeft()).x() + arranger.rect_of(made).x
    assert abs(card.x() - left) < 2
    typed(card.answer, "Better?")
    QTest.keyClick(card.answer, Qt.Key.Key_Return)
    wait_until(lambda: words(studio_window) == ["The s is sharp.", "Better?"])
    card.done.click()
    wait_until(lambda: studio.state.comments[0].is_done and card.done.isChecked())
    card.done.click()
    wait_until(lambda: not studio.state.comments[0].is_done and not card.done.isChecked())


def test_words_that_are_not_taken_stand_in_the_field_again(studio_window, wait_until):
    made = say(studio_window, "The s is sharp.", 2 * BAR)
    studio_window.show_thread(made)
    card, long = studio_window.threads.card, "word " * 20_000
    card.answer.setPlainText(long)
    QTest.keyClick(card.answer, Qt.Key.Key_Return)
    wait_until(studio_window.toasts.sentences)
    wait_until(lambda: card.answer.toPlainText() == long.strip())
    studio_window.threads.close()


def test_the_card_stays_at_its_pin_and_inside_the_arranger(studio_window, wait_until):
    arranger = studio_window.page.arranger
    made = say(studio_window, "Here", 2 * BAR)
    wait_until(lambda: arranger.rect_of(made) is not None)
    studio_window.show_thread(made)
    card = studio_window.threads.card
    before = card.x()
    arranger.viewport.set_axis(arranger.scene.axis.scrolled_to(60))
    assert card.x() == before - 60
    arranger.viewport.set_axis(arranger.scene.axis.scrolled_to(60_000))
    assert 0 <= card.x() <= arranger.width() - card.width()
    studio_window.threads.close()


def test_only_ones_own_words_can_be_changed_or_deleted(studio_window, wait_until):
    studio = studio_window.studio
    made = say(studio_window, "The s is sharp.", 0)
    own = studio.do("comments.answer_comment", made, studio.company.author, "Beter?").result().created
    studio_window.show_thread(made)
    theirs, mine = studio_window.threads.card.remarks()
    assert not theirs.change.isVisible()
    assert not theirs.delete.isVisible()
    mine.change.click()
    mine.editor.setPlainText("Better?")
    QTest.keyClick(mine.editor, Qt.Key.Key_Return)
    wait_until(lambda: words(studio_window)[1:] == ["Better?"])
    studio_window.threads.card.remarks()[1].delete.click()
    wait_until(lambda: words(studio_window) == ["The s is sharp."])
    assert own
    studio_window.threads.close()


def test_a_thread_with_others_words_is_not_deleted_by_who_began_it(studio_window):
    studio = studio_window.studio
    made = say(studio_window, "Here", 0, studio.company.author)
    studio_window.show_thread(made)
    assert studio_window.threads.card.remarks()[0].delete.isVisible()
    studio.do("comments.answer_comment", made, MARA, "There?").result()
    studio_window.threads.look()
    assert not studio_window.threads.card.remarks()[0].delete.isVisible()
    studio_window.threads.close()


def test_a_deleted_thread_takes_its_card_along(studio_window, wait_until):
    made = say(studio_window, "Here", 0)
    studio_window.show_thread(made)
    studio_window.studio.do("comments.delete_comment", made)
    wait_until(lambda: studio_window.threads.card is None)


def test_actions_go_from_thread_to_thread(studio_window, wait_until):
    studio = studio_window.studio
    ids = [say(studio_window, text, tick) for text, tick in (("a", 0), ("b", 4 * BAR))]
    for action, index in (("next", 0), ("next", 1), ("next", 0), ("previous", 1)):
        studio_window.bridge[f"together.{action}_comment"].run()
        assert studio_window.threads.card.thread_id == ids[index]
        assert studio.playhead_tick == (0, 4 * BAR)[index]
    studio_window.threads.close()


def test_people_are_offered_and_called(studio_window, others, wait_until):
    studio = studio_window.studio
    studio_window.write_comment(0, None, None)
    edit = studio_window.threads.card.answer
    typed(edit, "@")
    assert [edit.offers.item(row).text() for row in range(edit.offers.count())] == ["Deniz Aksoy", "Mara Lind"]
    typed(edit, "li")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.toPlainText() == "@Mara Lind "
    assert edit.offers.isHidden()
    typed(edit, "softer?")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    wait_until(lambda: studio.state.comments)
    assert studio.state.comments[0].mentions == ("acc_m",)
    assert studio.state.comments[0].text == "@Mara Lind softer?"
    studio_window.threads.close()


def test_a_comment_whose_project_is_gone_when_it_comes_back_opens_nothing(studio_window, others):
    studio = studio_window.studio
    studio_window.write_comment(0, None, None)
    edit = studio_window.threads.card.answer
    typed(edit, "softer?")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    studio.project.submit(tracks.add_track, "audio", "Behind it").result()
    studio.detach()
    QCoreApplication.processEvents()


def test_escape_takes_the_offers_away_before_the_card(studio_window, others):
    studio_window.write_comment(0, None, None)
    edit = studio_window.threads.card.answer
    typed(edit, "@")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert edit.offers.isHidden()
    assert studio_window.threads.card is not None
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert studio_window.threads.card is None


def test_who_calls_one_needs_attention_until_it_is_opened(studio_window, live, wait_until):
    studio = studio_window.studio
    made = say(studio_window, "@root softer?", 8 * BAR, mentions=("acc_me",))
    studio_window.engine_watch.look()
    assert studio_window.status.attention() == "1 thing needs attention"
    (matter,) = [each for each in attention.matters(studio) if each.entity == made]
    assert matter.sentence == "Mara Lind calls you at 9.1: “@root softer?”"
    attention.show(studio, matter)
    assert studio_window.threads.card.thread_id == made
    assert studio.playhead_tick == 8 * BAR
    studio_window.engine_watch.look()
    assert studio_window.status.attention() == ""
    assert studio.project.submit_shared(lambda sharing: sharing.read).result() == {made}
    assert studio.project.submit_shared(Sharing.note_read, ["gone"]).result() == {made}
    studio_window.threads.close()
