"""Why an edit is refused. Nothing was written when one of these is raised.

MaxBoosterError
+-- EditError                   of the document, which raises it itself for ids that are taken or gone
    +-- ValueNotAllowed         a level, time, name or count outside what the field can hold
    +-- NotFound                an id the project does not (or no longer) have
    |   +-- TrackNotFound  ClipNotFound  AssetNotFound  SendNotFound  InsertNotFound
    |   +-- MarkerNotFound  CommentNotFound  TempoNotFound  SignatureNotFound  LaneNotFound
    |   +-- TakeNotFound  BorderNotFound
    +-- MasterProtected         what cannot be done to the master
    +-- RoutingCycle            a route or send that would feed a channel back into itself
    +-- GroupInsideItself       moving a group into itself or one of its children
    +-- NotAGroup               a parent that cannot hold tracks
    +-- NotSiblings             "below this track" where that track is in another group
    +-- WrongTrackKind          a clip, route or send on a track that cannot carry it
    +-- WrongClipKind           a verb for audio clips on a MIDI clip, or the other way round
    +-- SplitOutsideClip        a cut that no named clip contains
    +-- UnknownParameter        automation of something the track does not have
    +-- LaneExists              a second lane for the same parameter
    +-- TrackLockedError        of the document: what is on a track that somebody else holds
    +-- TrackFrozenError        of the document: what a frozen track's sound was made from
    +-- TrackChanged            a rendered sound of a track that has become another meanwhile
    +-- TrackNotHeld            asking for a track that is free, giving one that nobody asks for
    +-- FirstEventNeeded        deleting the tempo or signature at the start
"""

# ruff: noqa: N818  # these are read as sentences ("raises ClipNotFound"), as the design names them

from maxbooster_desktop.project.document.errors import EditError


class ValueNotAllowed(EditError):
    """A value the field cannot hold."""


class NotFound(EditError):
    """An id that names nothing in the project; the id is kept in `entity`."""

    noun = "thing"

    def __init__(self, entity: object) -> None:
        """Name the missing `entity` (an id or a tick)."""
        super().__init__(f"There is no {self.noun} {entity} in this project; it may have been deleted.")
        self.entity = entity


class TrackNotFound(NotFound):
    """No such track."""

    noun = "track"


class ClipNotFound(NotFound):
    """No such clip."""

    noun = "clip"


class AssetNotFound(NotFound):
    """The project holds no such audio."""

    noun = "audio file"


class SendNotFound(NotFound):
    """The channel has no such send."""

    noun = "send"


class InsertNotFound(NotFound):
    """The channel has no such device."""

    noun = "insert"


class MarkerNotFound(NotFound):
    """No such marker."""

    noun = "marker"


class CommentNotFound(NotFound):
    """No such comment."""

    noun = "comment"


class TempoNotFound(NotFound):
    """No tempo event at that tick."""

    noun = "tempo event at tick"


class SignatureNotFound(NotFound):
    """No time signature at that tick."""

    noun = "time signature at tick"


class LaneNotFound(NotFound):
    """No such automation lane."""

    noun = "automation lane"


class TakeNotFound(NotFound):
    """No such take."""

    noun = "take"


class BorderNotFound(NotFound):
    """The track's comp has no border at that tick."""

    noun = "border of a comp at tick"


class MasterProtected(EditError):
    """What cannot be done to the master."""

    def __init__(self, deed: str) -> None:
        """Name the refused `deed`, as in "be deleted"."""
        super().__init__(f"The master cannot {deed}; choose another track.")


class RoutingCycle(EditError):
    """A connection that would feed a channel back into itself."""

    def __init__(self, names: list[str]) -> None:
        """Show the way round by channel `names`, first to first."""
        way = " to ".join(names)
        super().__init__(f"This would feed {names[0]} back into itself ({way}); choose another target.")
        self.names = names


class GroupInsideItself(EditError):
    """Moving a group into itself or one of its children."""

    def __init__(self, name: str) -> None:
        """Name the group."""
        super().__init__(f"{name} cannot be moved into itself or into a track that it holds; choose another place.")


class NotAGroup(EditError):
    """A parent that cannot hold tracks."""

    def __init__(self, name: str) -> None:
        """Name the track."""
        super().__init__(f"{name} is not a group and cannot hold other tracks; group the tracks instead.")


class NotSiblings(EditError):
    """The track to go below lies in another group."""

    def __init__(self, name: str) -> None:
        """Name the track that was to be the neighbour."""
        super().__init__(f"{name} is in another group; choose a neighbour from the same one.")


class TrackNotHeld(EditError):
    """A track that nobody holds, or nobody asks for."""

    def __init__(self, name: str) -> None:
        """Name the track."""
        super().__init__(f"There is no lock on {name} to ask for or to give; it may have been given meanwhile.")


class TrackChanged(EditError):
    """A track is not what its sound was rendered from any more."""

    def __init__(self, track: str) -> None:
        """Name the track."""
        super().__init__(f"“{track}” has changed since its sound was made; make it again.")


class WrongTrackKind(EditError):
    """A track that cannot carry what was asked."""


class WrongClipKind(EditError):
    """A clip of the other kind."""


class SplitOutsideClip(EditError):
    """A cut that no named clip contains."""

    def __init__(self, names: str) -> None:
        """Name the clip or clips."""
        super().__init__(f"The cut does not fall inside {names}; move the playhead into it and split again.")


class UnknownParameter(EditError):
    """Automation of something the track does not have."""

    def __init__(self, name: str, parameter: str) -> None:
        """Name the track and the parameter."""
        super().__init__(f"{name} has no parameter {parameter!r} to automate; choose one of its own.")


class LaneExists(EditError):
    """A second lane for the same parameter; the first one's id is in `lane`."""

    def __init__(self, name: str, parameter: str, lane: str) -> None:
        """Name the track and the parameter."""
        super().__init__(f"{name} already has automation for {parameter}; use that lane.")
        self.lane = lane


class FirstEventNeeded(EditError):
    """Deleting what holds from the start."""

    def __init__(self, noun: str) -> None:
        """Name what was to be deleted."""
        super().__init__(f"The {noun} at the start cannot be deleted; set another one there instead.")
