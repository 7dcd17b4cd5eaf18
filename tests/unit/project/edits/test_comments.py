"""Comments: pinned in ticks, answered in their thread, done, deleted with their answers, kept over files and peers."""

import pytest

from maxbooster_desktop.project.document.limits import LATEST_MS
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.projection import project as projected
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state
from maxbooster_desktop.project.edits import comments, tempo
from maxbooster_desktop.project.edits.errors import CommentNotFound, ValueNotAllowed
from tests.unit.project.edits.songs import BAR, assert_refused, only, small_song

DENIZ = ("acc_2", "Deniz Aksoy")


def test_a_thread_is_a_comment_with_its_answers():
    song = small_song()
    first = only(comments.answer_comment(song.project, song.comment, DENIZ, " De-esser is on now. ").created)
    comments.answer_comment(song.project, first, ("acc_1", "Mara Lind"), "Thanks.")
    said = song.state.comments
    assert [one.text for one in said] == ["Too loud?", "De-esser is on now.", "Thanks."]
    assert {one.parent for one in said[1:]} == {song.comment}
    assert {(one.tick, one.track) for one in said} == {(BAR, song.vox)}


def test_closing_opening_and_deleting():
    song = small_song()
    comments.answer_comment(song.project, song.comment, DENIZ, "Yes.")
    comments.set_comment_done(song.project, song.comment, True)
    assert [one.is_done for one in song.state.comments] == [True, False]
    comments.delete_comment(song.project, song.comment)
    assert song.state.comments == ()
    song.project.undo()
    assert len(song.state.comments) == 2


def test_words_are_changed_and_call_people():
    song = small_song()
    comments.edit_comment(song.project, song.comment, " @Deniz Aksoy softer? ", mentions=("acc_2",))
    (changed,) = song.state.comments
    assert (changed.text, changed.mentions) == ("@Deniz Aksoy softer?", ("acc_2",))
    comments.edit_comment(song.project, song.comment, "Softer?")
    assert song.state.comments[0].mentions == ()
    song.project.undo()
    song.project.undo()
    assert song.state.comments[0].text == "Too loud?"


def test_a_tempo_change_leaves_a_comment_at_its_bar():
    song = small_song()
    comments.add_comment(song.project, DENIZ, "Here", 4 * BAR, end_tick=6 * BAR)
    tempo.set_tempo(song.project, BAR, 240.0)
    assert song.state.comments[-1].tick == 4 * BAR
    assert song.state.tempo_map.position_at(4 * BAR).bar == 5


def test_a_range_has_an_end_behind_its_start():
    song = small_song()
    made = only(comments.add_comment(song.project, DENIZ, "This part", BAR, end_tick=2 * BAR).created)
    point = only(comments.add_comment(song.project, DENIZ, "Here", BAR, end_tick=BAR).created)
    ends = {one.id: one.end_tick for one in song.state.comments}
    assert (ends[made], ends[point]) == (2 * BAR, None)


def test_what_cannot_be_is_refused():
    assert_refused(lambda song: comments.add_comment(song.project, DENIZ, "  ", 0), ValueNotAllowed)
    assert_refused(lambda song: comments.add_comment(song.project, DENIZ, "x" * 4_001, 0), ValueNotAllowed)
    assert_refused(lambda song: comments.edit_comment(song.project, song.comment, " "), ValueNotAllowed)
    assert_refused(lambda song: comments.edit_comment(song.project, "gone", "x"), CommentNotFound)
    assert_refused(lambda song: comments.answer_comment(song.project, "gone", DENIZ, "x"), CommentNotFound)


def test_a_stored_state_keeps_them():
    song = small_song()
    comments.add_comment(song.project, DENIZ, "@Mara Lind", 0, mentions=("acc_1",))
    assert decode_state(encode_state(song.state)).comments == song.state.comments


@pytest.mark.parametrize("value", [5, (), ("a", "b", "c", None, None, "t"), ("a", "b", 0, None, 3, "t"), ("a",) * 6])
def test_nonsense_of_a_peer_is_listed_and_not_shown(value):
    song = small_song()
    song.project.registers.write({("comments", "odd.c"): value}, "net")
    state = projected(song.project.registers)
    assert len(state.comments) == 1
    assert [conflict.entity for conflict in state.conflicts] == ["odd"]


@pytest.mark.parametrize(
    ("value", "read"), [(("a", 5, "b"), ("a", "b")), ("a", ()), ((), ()), (("x",) * 99, ("x",) * 50)]
)
def test_odd_mentions_of_a_peer_are_read_with_care(value, read):
    song = small_song()
    song.project.registers.write({("comments", f"{song.comment}.to"): value}, "net")
    assert projected(song.project.registers).comments[0].mentions == read


@pytest.mark.parametrize("when_ms", [2**53, -(2**53), 9_000_000_000_000])
def test_a_clock_far_off_lets_others_go_on_speaking(when_ms):
    song = small_song()
    song.project.registers.write({("comments", f"{song.comment}.at"): when_ms}, "net")
    document = ProjectDocument(song.project.registers)
    for text in ("Yes", "No"):
        comments.answer_comment(document, song.comment, DENIZ, text)
    assert sorted(one.text for one in document.state.comments) == ["No", "Too loud?", "Yes"]
    assert all(0 <= one.when_ms <= LATEST_MS for one in document.state.comments)
