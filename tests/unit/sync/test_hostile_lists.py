"""Lists without end: a cursor that comes again, and ever new ones, end what reads them."""

import itertools
import json
from contextlib import closing

import pytest

from sync.client import listing
from sync.client.blobs import HttpBlobs
from sync.client.errors import ServerTroubleError
from sync.client.http import Wire
from sync.client.projects import Projects
from sync.outbox import ports
from tests.factories.hostile_server import hostile, reply

_LISTS = {
    "projects": lambda wire: Projects(wire).all(),
    "members": lambda wire: Projects(wire).members("p"),
    "invitations": lambda wire: Projects(wire).invitations("p"),
    "overwritten": lambda wire: Projects(wire).overwritten("p", 0),
    "blobs": lambda wire: HttpBlobs(wire).all_of("p"),
}


@pytest.mark.parametrize("which", _LISTS)
@pytest.mark.parametrize(
    ("cursors", "most_asked"),
    [
        (itertools.repeat("again"), 2),
        (itertools.cycle(["one", "other"]), 3),
        (map(str, itertools.count()), 5),
        (itertools.repeat("x" * 100_000), 1),
    ],
    ids=["the same", "in turn", "ever new", "long"],
)
def test_a_list_without_end_is_not_read_to_it(monkeypatch, which, cursors, most_asked):
    monkeypatch.setattr(listing, "_MOST_PAGES", 5)

    def page(_request):
        yield reply(json.dumps({"items": [], "next": next(cursors)}).encode())

    with hostile(page) as server, closing(Wire(server.address, lambda: "token")) as wire:
        with pytest.raises((ServerTroubleError, ports.ServerTroubleError), match="has no end"):
            _LISTS[which](wire)
        assert len(server.requests) <= most_asked


def test_a_list_is_read_whole():
    def page(request):
        number = int(request.partition(b"cursor=c")[2].partition(b"&")[0] or b"0")
        blob = {"hash": str(number) * 64, "kind": "audio", "original": "", "size": 1, "attached_at": ""}
        yield reply(json.dumps({"items": [blob], "next": f"c{number + 1}" if number < 3 else ""}).encode())

    with hostile(page) as server, closing(Wire(server.address, lambda: "token")) as wire:
        assert [blob.hash[0] for blob in HttpBlobs(wire).all_of("p")] == ["0", "1", "2", "3"]
