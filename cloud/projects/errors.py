"""Shared projects' own ways to fail."""

from cloud.foundation.problems import ProblemError, ProblemType

INVITATION_NOT_FOR_YOU = ProblemType("invitation-not-for-you", 403, "The invitation is for another address")


class InvitationNotForYouError(ProblemError):
    """An invitation that was mailed is used by an account with another address."""

    problem = INVITATION_NOT_FOR_YOU
