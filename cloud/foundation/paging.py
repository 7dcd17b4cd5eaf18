"""Lists in pages, by the last row's key and never by counting: what is added meanwhile shifts nothing.

A cursor is opaque: the last row's position, tied to the list's order and filters, signed. A foreign or changed cursor,
or one of another list, is refused.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, Field

from cloud.foundation.problems import NotFoundError

T = TypeVar("T")
LARGEST_PAGE = 100
_MAC_BYTES = 16
PageSize = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Most items in one page.")]
CursorText = Annotated[str | None, Query(max_length=500, description="`next` of the page before.")]


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(default=None, description="Cursor of the next page; null on the last one.")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page as facades give it: some items, and the cursor of the next page."""

    items: Sequence[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class Cursors:
    """Writes and reads the cursors of one list: `order` and `filters` say which."""

    key: bytes
    order: str
    filters: dict[str, Any]

    def write(self, position: list[str | int]) -> str:
        """Return a cursor for the row at `position`."""
        body = json.dumps(position, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(body) + body).decode().rstrip("=")

    def read(self, cursor: str | None) -> list[Any] | None:
        """Return the position in a cursor, None without one; raises NotFoundError."""
        if cursor is None:
            return None
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise NotFoundError("There is no such page of this list: begin again without a cursor.")
        position: list[Any] = json.loads(body)
        return position

    def _mac(self, body: bytes) -> bytes:
        which = json.dumps([self.order, self.filters], sort_keys=True, default=str).encode()
        return hmac.new(self.key, hashlib.sha256(which).digest() + body, "sha256").digest()[:_MAC_BYTES]


def newest_first(
    cursors: Cursors,
    cursor: str | None,
    size: int,
    read: Callable[[list[Any] | None], Sequence[T]],
    position: Callable[[T], tuple[datetime, *tuple[str | int, ...]]] = lambda row: (row.created_at, row.id),  # type: ignore[attr-defined]  # what most lists are ordered by
) -> Listed[T]:
    """Return a page; `read` gets the position to go on from and returns one row more than `size` if there is one.

    `position` is where a row stands in the list's order: a moment first, then what tells rows of one moment apart.
    Raises NotFoundError for a cursor of another list.
    """
    after = cursors.read(cursor)
    rows = read(None if after is None else [datetime.fromisoformat(after[0]), *after[1:]])
    if len(rows) <= size:
        return Listed(rows, None)
    moment, *rest = position(rows[size - 1])
    return Listed(rows[:size], cursors.write([moment.isoformat(), *rest]))


def page_of(
    query: "sa.Select[Any]", order: "Sequence[sa.Column[Any]]", after: list[Any] | None, size: int
) -> "sa.Select[Any]":
    """Return a query for a page: newest first, from the position `after` on, one row more than `size`."""
    if after is not None:
        position = [sa.literal(value, column.type) for value, column in zip(after, order, strict=True)]
        query = query.where(sa.tuple_(*order) < sa.tuple_(*position))
    return query.order_by(*(column.desc() for column in order)).limit(size + 1)
