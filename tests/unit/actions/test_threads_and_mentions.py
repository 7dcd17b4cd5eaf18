"""Threads as they are read, and who is called in them."""

from maxbooster_desktop.actions import mentions, threads
from maxbooster_desktop.project.document.state import Comment

MARA, DENIZ = mentions.Mentionable("m", "Mara Lind"), mentions.Mentionable("d", "Deniz Aksoy")
MARA_2 = mentions.Mentionable("m2", "Mara")
ALL = (DENIZ, MARA, MARA_2)


def said(name, tick=0, when=0, **about):
    return Comment(name, tick, f"text of {name}", when_ms=when, **about)


def test_threads_are_in_order_of_place_and_answers_in_order_of_time():
    comments = (said("b", 0), said("b2", 0, 9, parent="b"), said("b1", 0, 5, parent="b"), said("a", 960))
    found = threads.threads_of(comments)
    assert [[one.id for one in thread.said] for thread in found] == [["b", "b1", "b2"], ["a"]]
    assert threads.thread_with(comments, "b2") == found[0]
    assert threads.thread_with(comments, "gone") is None


def test_what_is_done_is_left_out_and_an_orphaned_answer_is_not_lost():
    comments = (said("a", is_done=True), said("b", parent="a"), said("c", parent="deleted"))
    assert [one.id for one in threads.threads_of(comments, with_done=False)] == ["c"]
    assert [one.id for one in threads.threads_of(comments)] == ["a", "c"]


def test_the_next_thread_goes_round():
    found = threads.threads_of((said("a", 0), said("b", 960), said("c", 960)))
    assert threads.neighbour(found, None, 500, 1).id == "b"
    assert threads.neighbour(found, None, 500, -1).id == "a"
    assert threads.neighbour(found, "b", 0, 1).id == "c"
    assert threads.neighbour(found, "c", 0, 1).id == "a"
    assert threads.neighbour(found, "a", 0, -1).id == "c"
    assert threads.neighbour((), "a", 0, 1) is None


def test_who_is_called():
    assert mentions.mentioned("@Mara Lind and @deniz aksoy: softer?", ALL) == ("d", "m")
    assert mentions.mentioned("@Mara softer?", ALL) == ("m2",)
    assert mentions.mentioned("write to x@Mara Lind.example", ALL) == ()
    assert mentions.mentioned("@Marabu", ALL) == ()


def test_who_is_offered():
    assert mentions.offers("", ALL) == ALL
    assert mentions.offers("li", ALL) == (MARA,)
    assert mentions.offers("mara l", ALL) == (MARA,)
    assert mentions.offers("x", ALL) == ()


def test_everybody_is_named_once_and_not_oneself():
    found = mentions.everybody(
        [("m", "Mara Lind"), ("me", "I")], [("m", "Mara L."), ("", "x"), ("d", " ")], without="me"
    )
    assert found == (MARA,)


class State:
    """As much of a project as who calls is asked of."""

    def __init__(self, *comments):
        self.comments = comments


def test_calls_end_when_they_are_read_or_done():
    call = said("a", account="m", mentions=("me",))
    answer = said("b", account="d", parent="a", mentions=("me",))
    assert [one.id for one in mentions.calls(State(call, answer), "me", ())] == ["a", "b"]
    assert [one.id for one in mentions.calls(State(call, answer), "me", {"a"})] == ["b"]
    assert mentions.calls(State(said("a", account="me", mentions=("me",))), "me", ()) == ()
    done = said("a", account="m", mentions=("me",), is_done=True)
    assert mentions.calls(State(done, answer), "me", ()) == ()
    assert mentions.calls(State(call), "", ()) == ()
