"""The epoch of the room's document, and how an open project goes over to a new one; two epochs are never mixed.

Always holds: what comes is merged only into a document of its own epoch, and own ops go out only to a room of theirs.
The change is one step on the document thread, which is whole on disk before anything goes out; a step that fails
leaves everything as it was, and the next time the room is entered it is made again.
"""

from collections.abc import Sequence

from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.store.sharing import OwnOp, RemoteUpdate, Sharing
from sync.client.room_events import Whole
from sync.protocol.frames import Standing

#: Up to which own op all is durable in the cloud, and the ops after it.
Unsent = tuple[int, list[OwnOp]]


class Epochs:
    """Which epochs meet. Its owner sees to threads.

    Attributes:
        own: of the ops that wait to go out; 0 until the room has told for the first time.
        room: of the room that was entered last.
        is_over: whether the room said that it has another document than the one here.
    """

    def __init__(self, own: int) -> None:
        self.own, self.room = own, 0
        self.is_over = False

    @property
    def is_same(self) -> bool:
        """Whether own ops may go to the room."""
        return self.own == self.room and not self.is_over

    def enter(self, epoch: int) -> None:
        """The door of a room has opened."""
        self.room, self.own = epoch, self.own or epoch

    def begin(self, epoch: int) -> None:
        """The document here is that of an epoch, on disk, and so are the ops that wait."""
        self.own, self.is_over = epoch, False


# On the document thread.


def note_entered(sharing: Sharing, standing: Standing) -> None:
    """Note what the room says of itself, unless the document here has yet to become that of its epoch."""
    if _fits(sharing, standing.epoch):
        sharing.enter(standing.account, standing.epoch, standing.role)


def merge(sharing: Sharing, epoch: int, updates: Sequence[RemoteUpdate]) -> Change:
    """Merge what came from a room of an epoch; nothing into a document of another one: the room tells it again."""
    return sharing.take(updates) if _fits(sharing, epoch) else joined("Merge", [])


def take_whole(sharing: Sharing, whole: Whole, own: int) -> Change | Unsent:
    """Merge the whole document of a room, or go over to it; return what goes out now unless it is that of `own`."""
    standing = whole.standing
    if _fits(sharing, standing.epoch):
        change = sharing.take([RemoteUpdate(standing.head_seq, whole.update)])
    else:
        change = sharing.begin_epoch(whole.update, standing.epoch, standing.head_seq)
        note_entered(sharing, standing)
    assert sharing.link is not None
    return change if own == standing.epoch else (sharing.link.acked_number, sharing.own_ops(0))


def _fits(sharing: Sharing, epoch: int) -> bool:
    return sharing.link is not None and sharing.link.epoch in (0, epoch)
