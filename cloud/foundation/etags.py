"""Nobody overwrites what they have not seen: an ETag is a row's version, and a change names it in If-Match."""

from cloud.foundation.problems import CHANGED_MEANWHILE, CONDITION_MISSING, ProblemError


class ConditionMissingError(ProblemError):
    """A change without If-Match."""

    problem = CONDITION_MISSING


class ChangedMeanwhileError(ProblemError):
    """The thing has another version than the caller has seen."""

    problem = CHANGED_MEANWHILE


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def require_match(if_match: str | None, version: int) -> None:
    """Check the caller's If-Match against the present version; `*` matches every one.

    Raises ConditionMissingError (428) or ChangedMeanwhileError (412), which carries the present ETag.
    """
    if if_match is None:
        raise ConditionMissingError("Send the ETag that you have read in an If-Match header.")
    named = [part.strip() for part in if_match.split(",")]
    if "*" not in named and etag(version) not in named:
        raise ChangedMeanwhileError(
            "It was changed meanwhile: read it again, then repeat what you want.", headers={"ETag": etag(version)}
        )
