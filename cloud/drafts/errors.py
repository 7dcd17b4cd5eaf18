"""The drafts' own ways to fail. An operation that cannot be done is no failure of its request: it is answered."""

from cloud.foundation.problems import NOT_FOUND, ProblemError, ProblemType

CLIENT_UNKNOWN = ProblemType("sync-client-unknown", 404, "The client is not registered")
SEQUENCE_BROKEN = ProblemType("sync-sequence-broken", 409, "The operations do not follow the last ones")
VERSION_NOT_SUPPORTED = ProblemType("version-not-supported", 409, "The program speaks another version")
OPERATION_REFUSED = ProblemType("draft-refused", 422, "The draft cannot be taken")


class ClientUnknownError(ProblemError):
    """Nobody registered this client, or it is another account's."""

    problem = CLIENT_UNKNOWN


class SequenceBrokenError(ProblemError):
    """An operation is missing before these, or others were answered under their numbers."""

    problem = SEQUENCE_BROKEN


class VersionNotSupportedError(ProblemError):
    """The client's schema is newer than ours, or older than the two before it."""

    problem = VERSION_NOT_SUPPORTED


class DraftRefusedError(ProblemError):
    """A draft that can never be stored as it is."""

    problem = OPERATION_REFUSED


class NoDraftError(ProblemError):
    """There is no such draft, or not any more."""

    problem = NOT_FOUND
