"""What a request needs so that it can succeed: made anew for each, by the name of the operation.

What is destroyed, used up or handed over by one request is there again for the next. What the description cannot say
(a password that nobody guesses, a code of this moment, a checksum, a signature) stands below `needs`, too. Everything
belongs to the member.
"""

from collections import ChainMap

from tests.integration.cloud.fuzzing.needs import (
    accounts,
    credentials,
    drafts,
    passkeys,
    projects,
    sounds,
    staff,
    workspaces,
)
from tests.integration.cloud.fuzzing.needs.wanted import Wanted
from tests.integration.cloud.fuzzing.world import CALL, World

_PARTS = (accounts, credentials, drafts, passkeys, projects, sounds, staff, workspaces)
NEEDS = ChainMap(*(part.NEEDS for part in _PARTS))


def prepared(world: World, operation: str) -> Wanted | None:
    """Return what an operation needs, made now; None for one that needs nothing."""
    make = NEEDS.get(operation)
    if make is None:
        return None
    return world.units.run(CALL, lambda work: make(world, work))
