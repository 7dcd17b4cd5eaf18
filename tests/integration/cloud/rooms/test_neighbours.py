"""Who makes a room work hard holds nobody else up: what is under way has an end, and deleting copies nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pycrdt
import pytest

from cloud.rooms.keeper import Keeper
from cloud.rooms.live_room import Push
from cloud.rooms.window import Window
from sync.protocol.frames import Update

if TYPE_CHECKING:
    from tests.integration.cloud.rooms.stages import Stage

_WORDS = "words"


class _Writer:
    """A client for Yjs that is not ours and edits a text."""

    def __init__(self) -> None:
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._text = self._doc.get(_WORDS, type=pycrdt.Text)
        self._updates: list[bytes] = []
        self._doc.observe(lambda event: self._updates.append(bytes(event.update)))

    def wrote(self, change: Callable[[pycrdt.Text], object]) -> Update:
        change(self._text)
        return Update(self._updates.pop())


def test_deleting_what_is_there_copies_no_document(start_stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage: Stage = start_stage()
    copies: list[int] = []
    real = Window.as_known_to
    monkeypatch.setattr(Window, "as_known_to", lambda self, *of: (copies.append(1), real(self, *of))[1])
    ann, ben, writer = stage.inside("ann"), stage.inside("ben", is_ours=False), _Writer()
    for place in range(9):
        ben.send(writer.wrote(lambda text, place=place: text.insert(place, "x")))
        ann.write(a_p=place)
    for place in reversed(range(9)):
        ben.send(writer.wrote(lambda text, place=place: text.__delitem__(place)))
    ann.until(lambda: ann.seen == 27)
    assert copies == []


def test_a_client_is_read_no_further_than_its_updates_are_durable(start_stage, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most = [0], [0]
    ask = Keeper.ask

    def watched(self: Keeper, project_id: str, work: Any, answer: Callable[[Any], None]) -> None:
        def answered(found: Any) -> None:
            under_way[0] -= isinstance(work, Push)
            answer(found)

        under_way[0] += isinstance(work, Push)
        most[0] = max(most[0], under_way[0])
        ask(self, project_id, work, answered)

    monkeypatch.setattr(Keeper, "ask", watched)
    stage: Stage = start_stage(updates_under_way=3)
    ann = stage.inside("ann")
    for number in range(100):
        ann.write(wait=False, **{f"k{number}_p": number})
    ann.until(lambda: len(ann.acks) == 100)
    assert 0 < most[0] <= 3
    assert under_way == [0]
