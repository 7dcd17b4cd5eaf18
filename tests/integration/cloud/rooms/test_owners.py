"""Several API processes: one owns a room, the others hand sockets on; killed, it is followed; risen, it is fenced."""

import contextlib
import signal
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_websockets

from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.unit_of_work import Units
from cloud.projects.contracts import TicketWish
from cloud.projects.operations.open_ticket import open_local_ticket
from cloud.rooms import directory
from cloud.rooms.peers import Peers
from cloud.rooms.relay import HOP
from tests.factories.certificates import certificate
from tests.integration.cloud.conftest import TestDatabase
from tests.integration.cloud.identity.people import City
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.stages import Stage
from tests.integration.cloud.serving import Served


def test_a_second_process_hands_sockets_on(stage: Stage, start_city) -> None:
    other = start_city()
    ann, ben = stage.inside("ann"), stage.client("ben")
    ben.address = ben.address.replace(stage.band.city.api.url[7:], other.api.url[7:])
    ben.connect().sync()
    ann.write(a_p=1)
    ben.until(ben.clips)
    ben.write(a_p=2)
    ann.until(lambda: ann.clips() == {"a.p": 2})
    assert len(stage.band.city.rows("SELECT DISTINCT fence FROM room_update")) == 1
    path = f"/v1/projects/{stage.project}/members/{stage.band.ids['ben']}"
    stage.band.player("owner").send("DELETE", path)
    assert ben.closed()[0] == 4403


def test_processes_with_certificates_hand_sockets_on_over_tls_and_to_nobody_else(
    start_city, start_stage, tmp_path: Path, expected_log
) -> None:
    expected_log("a room was lost")
    pair = certificate(tmp_path, "127.0.0.1")
    own, other = (start_city(tls_certificate=pair, tls_authority=pair) for _ in range(2))
    mistaken = start_city(tls_certificate=pair, tls_authority=certificate(tmp_path, "127.0.0.1"))
    stage, tls = start_stage(own), ssl.create_default_context(cafile=pair)

    def elsewhere(city: City) -> Client:
        client = stage.client("ben")
        client.address = client.address.replace(own.api.url.rpartition("/")[2], city.api.url.rpartition("/")[2])
        return client.connect(ssl=tls).sync()

    ann = stage.client("ann").connect(ssl=tls).sync()
    ann.write(a_p=1)
    ben = elsewhere(other)
    assert ben.clips() == {"a.p": 1}
    ben.write(a_p=2)
    ann.until(lambda: ann.clips() == {"a.p": 2})
    assert own.rows("SELECT DISTINCT fence FROM room_update") == [(1,)]
    # Whoever knows no authority of the owner's hands nothing on, not even in plain: the room becomes its own.
    assert elsewhere(mistaken).clips() == {"a.p": 2}
    assert own.rows("SELECT fence FROM room") == [(2,)]
    _write_into_what_is_lost(ann, a_p=3)


def _write_into_what_is_lost(client: Client, **registers: int) -> None:
    """Write into a room that another process has; its lease may have told its former owner before the write does."""
    with contextlib.suppress(ConnectionClosed):
        client.write(wait=False, **registers)
    assert client.closed()[0] == 1012


def test_a_process_that_was_taken_for_dead_writes_nothing(stage: Stage, expected_log) -> None:
    expected_log("a room was lost")
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.write(a_p=1)
    stage.band.city.execute("UPDATE room SET fence = fence + 1, owner = 'another', address = 'nowhere:1'")
    _write_into_what_is_lost(ann, a_p=2)
    assert ben.closed()[0] == 1012
    assert stage.band.city.rows("SELECT seq FROM room_update") == [(1,)]
    stage.band.city.execute("UPDATE room SET leased_until = now() - interval '1 second'")
    ann.connect().sync()
    ann.until(lambda: not ann.unsent)
    assert stage.inside("ben").clips() == {"a.p": 2}


def test_a_process_that_finds_its_lease_gone_says_so_and_sends_everybody_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, expected_log
) -> None:
    expected_log("a room was lost")
    monkeypatch.setattr(directory, "_RENEWED_EVERY_S", 0.1)
    ann, ben = stage.inside("ann"), stage.inside("ben")
    stage.band.city.execute("UPDATE room SET fence = fence + 1, owner = 'another', address = 'nowhere:1'")
    assert [client.closed()[0] for client in (ann, ben)] == [1012, 1012]


_HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(database: TestDatabase) -> str:
    """Return a ticket into a room that is made by it."""
    connections = Database(database.owner, pool_size=2)
    made = Units(connections).run(
        system_call("test"), lambda work: open_local_ticket(work, "song", TicketWish("d", lasts=_HOUR))
    )
    connections.close()
    return made[1]


def test_an_owner_that_is_killed_in_a_burst_loses_nothing_that_it_acknowledged(
    serve: Callable[..., Served], shared: dict[str, str], database: TestDatabase, ticket: str
) -> None:
    api = shared | {"MAXBOOSTER_CLOUD_ROLES": "api"}
    processes = [serve("serve", "--port", 0, **api) for _ in range(2)]
    rooms = [f"{one.url.replace('http', 'ws')}/v1/rooms/song?ticket={ticket}" for one in processes]
    writer, reader = Client(rooms[0]).connect().sync(), Client(rooms[1]).connect().sync()
    with psycopg.connect(database.owner, autocommit=True) as connection:
        for number in range(10):  # what is acknowledged can be read by anybody at that moment
            edit = writer.write(**{f"a{number}_p": number})
            row = connection.execute("SELECT 1 FROM room_update WHERE seq = %s", [writer.acks[edit.reference]])
            assert row.fetchone() is not None
        for number in range(280):
            writer.write(wait=False, **{f"b{number}_p": number})
        writer.until(lambda: len(writer.acks) > 40)
        processes[0].process.send_signal(signal.SIGSTOP)  # however fast it was, these find it unable to answer
        for number in range(280, 300):
            writer.write(wait=False, **{f"b{number}_p": number})
        processes[0].process.send_signal(signal.SIGKILL)
        acknowledged = _read_what_is_left(writer)
        assert len(acknowledged) < 310
        writer.end()
        writer.address = rooms[1]
        writer.connect().sync()
        writer.until(lambda: not writer.unsent)
        assert reader.closed()[0] == 1012
        reader.connect().sync()
        assert reader.clips() == writer.clips() == dict(writer.clips())
        assert len(reader.clips()) == 310
        rows = connection.execute("SELECT seq, fence FROM room_update ORDER BY seq").fetchall()
    assert [seq for seq, _ in rows] == list(range(1, 311))
    assert [fence for _, fence in rows] == sorted(fence for _, fence in rows)
    assert {fence for _, fence in rows} == {1, 2}
    for client in (writer, reader):
        client.end()


def _read_what_is_left(client: Client) -> dict[int, int]:
    with contextlib.suppress(ConnectionClosed):
        client.until(lambda: False)
    return dict(client.acks)


def test_a_socket_that_nobody_of_ours_hands_on_is_sent_back(stage: Stage, expected_log) -> None:
    expected_log("a socket was handed on by nobody of ours")
    for call in ("1", Peers(b"another deployment").call(stage.project, b"ticket=x")):
        client = stage.client("ann")
        assert client.connect(additional_headers={HOP: call}).closed()[0] == 1012


def test_who_answers_for_an_owner_without_the_key_learns_no_ticket_and_loses_the_room(
    stage: Stage, start_city, expected_log
) -> None:
    expected_log("whoever answers for a room's owner is none of ours")
    expected_log("a room was lost")
    asked: list[str] = []

    def stranger(socket: ServerConnection) -> None:
        asked.append(f"{socket.request.path} {socket.request.headers}")
        with contextlib.suppress(ConnectionClosed):
            socket.recv()

    ann = stage.inside("ann")
    ann.write(a_p=1)
    with serve_websockets(stranger, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.socket.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stage.band.city.execute(
            "UPDATE room SET owner = 'another', fence = fence + 1, address = %(address)s", address=address
        )
        other, ben = start_city(), stage.client("ben")
        ben.address = ben.address.replace(stage.band.city.api.url[7:], other.api.url[7:])
        assert ben.connect().sync().clips() == {"a.p": 1}
        server.shutdown()
        thread.join()
    _write_into_what_is_lost(ann, a_p=2)
    assert asked
    assert "ticket" not in asked[0]
