"""The rules of shared projects that need no database: how long things last, who can be made what."""

import re
import secrets
from datetime import timedelta

from cloud.foundation.principals import Principal
from cloud.foundation.problems import UnauthenticatedError

#: Tickets and invitations begin with what they are, so that scanners find them where they do not belong.
TICKET = "mb_ticket_"
INVITATION = "mb_invite_"
LONGEST_TICKET_S = 24 * 3600
MOST_USES = 1000
#: Kept after their end, so that whoever looks finds out what a used-up invitation was.
ENDED_KEPT = timedelta(days=30)


def new_token(prefix: str) -> str:
    """Return a new secret of 256 bits."""
    return prefix + secrets.token_urlsafe(32)


def account_of(who: Principal) -> str:
    """Return the account whose matter a request is; raises UnauthenticatedError for nobody."""
    if who.kind == "anonymous":
        raise UnauthenticatedError
    return who.on_behalf_of or who.id


def is_project_id(text: str) -> bool:
    """Return whether a text can be a project's id."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", text) is not None
