"""Lists of the cloud, page after page."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sync.client.errors import ServerTroubleError
from sync.client.generated.models import Page
from sync.protocol.errors import MalformedError
from sync.protocol.parts import Parts

T = TypeVar("T")
LARGEST_PAGE = 100
_MOST_PAGES = 1_000


def listed(read: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Yield the items of all pages that `read` reads by cursor; raises CloudError, also when they have no end."""
    parts, page = Parts(_MOST_PAGES), read(None)
    yield from page.items
    while page.next:
        try:
            cursor = parts.follow(page.next)
        except MalformedError as error:
            raise ServerTroubleError("The cloud's list has no end; try again later.") from error
        page = read(cursor)
        yield from page.items
