"""Many uploads that come to their end at once: they take turns, and every other request is answered meanwhile."""

import threading
import time
from collections.abc import Callable

import psycopg

from cloud.blobs.finishing import AT_ONCE, WAITING
from tests.integration.cloud.blobs.uploads import Studio, content

_TOO_MANY = 2
_GATE = 42
#: No upload comes to its end while somebody holds the gate shut.
_WAITS = f"WHILE NOT pg_try_advisory_xact_lock_shared({_GATE}) LOOP PERFORM pg_sleep(0.01); END LOOP; RETURN new;"


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.01)


def test_uploads_that_end_together_take_no_thread_of_other_requests(start_studio: Callable[..., Studio]) -> None:
    studio, data = start_studio(pool_size=4), content(1, 5_000)
    paths = [studio.begin(data) for _ in range(AT_ONCE + WAITING + _TOO_MANY)]
    replies: dict[str, tuple[int, str | None]] = {}

    def finish(path: str) -> None:
        reply = studio.part(path, data, 0)
        replies[path] = (reply.status_code, reply.headers.get("Retry-After"))

    threads = [threading.Thread(target=finish, args=[path]) for path in paths]
    with studio.at_the_end(_WAITS):
        with psycopg.connect(studio.band.city.database.owner) as gate:
            gate.execute("SELECT pg_advisory_lock(%s)", [_GATE])
            for thread in threads:
                thread.start()
            _until(lambda: len(replies) == _TOO_MANY)
            refused = dict(replies)
            others = [studio.send("owner", "GET", "/v1/storage").status_code for _ in range(9)]
        for thread in threads:
            thread.join()
    assert others == [200] * 9
    assert set(refused.values()) == {(503, "5")}
    assert [replies[path] for path in paths if path not in refused] == [(204, None)] * (AT_ONCE + WAITING)
    for path in refused:
        assert studio.offset(path) == len(data), "what has arrived stays"
        assert studio.part(path, b"", len(data)).status_code == 204
