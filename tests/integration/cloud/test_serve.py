"""`maxbooster cloud`: one command from an empty folder; several processes on one database; stop, backup, restore."""

import http.server
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
import requests

from cloud.foundation.database import DatabaseAddressError, postgres_url
from cloud.ops import backup
from cloud.ops.backup import BackupError
from tests.e2e.program import ROOT, Done, maxbooster, refused, succeeded
from tests.integration.cloud.conftest import TestDatabase, fresh_database
from tests.integration.cloud.serving import Served, run_cloud


def _key(data: Path) -> str:
    return str(json.loads((data / "secrets.json").read_text(encoding="utf-8"))["operator_key"])


def _until(condition: Callable[[], object], within_s: float = 30.0) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)


def test_one_command_serves_survives_kill_and_is_restored_elsewhere(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    data = tmp_path / "dàta folder"
    first = serve("serve", "--data", data, "--port", 0)
    assert first.get("/readyz").json()["ready"] is True
    assert first.url.startswith("http://localhost:")
    assert first.report["listens"] == f"127.0.0.1:{first.url.rpartition(':')[2]}"
    _until(lambda: first.get("/v1/ops/jobs?state=done", _key(data)).json()["items"])
    assert refused(maxbooster("cloud", "serve", "--data", data, "--port", 0), "in use by another process")
    done = {item["id"] for item in first.get("/v1/ops/jobs?state=done", _key(data)).json()["items"]}
    assert first.ends(signal.SIGKILL) == -signal.SIGKILL

    again = serve("serve", "--data", data, "--port", 0)
    kept = {item["id"] for item in again.get("/v1/ops/jobs?state=done", _key(data)).json()["items"]}
    assert done <= kept
    kept_file, elsewhere = tmp_path / "backup", tmp_path / "elsewhere"
    said = succeeded(maxbooster("cloud", "backup", "--data", data, kept_file)).out
    assert f"Keep {data / 'secrets.json'} as well" in said
    assert again.ends() == 0
    assert kept_file.stat().st_mode & 0o777 == 0o600
    elsewhere.mkdir()
    (elsewhere / "secrets.json").write_bytes((data / "secrets.json").read_bytes())
    succeeded(maxbooster("cloud", "restore", "--data", elsewhere, kept_file))
    restored = serve("serve", "--data", elsewhere, "--port", 0)
    assert kept <= {item["id"] for item in restored.get("/v1/ops/jobs?state=done", _key(data)).json()["items"]}
    assert restored.ends(signal.SIGINT) == 0


def test_two_apis_and_a_worker_from_three_empty_folders(
    serve: Callable[..., Served], shared: dict[str, str], tmp_path: Path, postgres
) -> None:
    with fresh_database(postgres) as empty:
        shared |= {"DATABASE_URL": empty.app, "DATABASE_OWNER_URL": empty.owner}
        api = shared | {"MAXBOOSTER_CLOUD_ROLES": "api"}
        apis = [serve("serve", "--data", tmp_path / f"api {n}", "--port", 0, **api) for n in range(2)]
        worker = serve("worker", "--data", tmp_path / "worker", **shared)
        assert worker.report["url"] is None
        _until(lambda: apis[0].get("/v1/ops/jobs?state=done", "shared-key").json().get("items"), 10)
        statuses = [apis[n % 2].get("/v1/ops/jobs", "shared-key").status_code for n in range(40)]
        assert statuses.count(429) > 5
        assert set(statuses) == {200, 429}
        assert not list(tmp_path.glob("*/postgres*"))
        assert not list(tmp_path.glob("*/secrets.json"))
        assert [served.ends() for served in (*apis, worker)] == [0, 0, 0]


def test_stopping_loses_no_request(
    serve: Callable[..., Served], shared: dict[str, str], database: TestDatabase
) -> None:
    environment = shared | {"MAXBOOSTER_CLOUD_DRAIN_S": "2", "MAXBOOSTER_CLOUD_ROLES": "api"}
    served = serve("serve", "--port", 0, **environment)
    replies: list[int] = []
    with psycopg.connect(database.owner) as blocker:
        blocker.execute("LOCK TABLE job")
        slow = threading.Thread(target=lambda: replies.append(served.get("/v1/ops/jobs", "shared-key").status_code))
        slow.start()
        _until(lambda: _waiting(database))
        served.process.send_signal(signal.SIGTERM)
        _until(lambda: served.get("/readyz").status_code == 503)
        _until(lambda: _is_deaf(served))
        assert served.process.poll() is None
        blocker.rollback()
    slow.join()
    assert replies == [200]
    assert served.process.wait(20) == 0


def _is_deaf(served: Served) -> bool:
    try:
        served.get("/healthz")
    except requests.ConnectionError:
        return True
    return False


def _waiting(database: TestDatabase) -> bool:
    with psycopg.connect(database.superuser) as connection:
        waiting = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return waiting is not None and waiting[0] > 0


def test_an_unready_database_answers_503_and_recovers(
    serve: Callable[..., Served], shared: dict[str, str], database: TestDatabase
) -> None:
    served = serve("serve", "--port", 0, **shared | {"MAXBOOSTER_CLOUD_ROLES": "api"})
    name = database.app.split("/")[3].split("?")[0]
    with psycopg.connect(database.superuser.replace(name, "postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert served.get("/readyz").json()["checks"]["database"] == "does not answer"
        reply = served.get("/v1/ops/jobs", "shared-key")
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2")
        assert served.get("/healthz").status_code == 200
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert served.get("/readyz").json()["ready"] is True


def test_what_keeps_it_from_starting_is_one_sentence(shared: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(run_cloud("serve", "--port", port, **shared), f"127.0.0.1:{port}", "--port")
    refused(run_cloud("serve", "--data", "/proc/nowhere", "--port", 0), "/proc/nowhere")
    with pytest.raises(DatabaseAddressError, match="must name a PostgreSQL database"):
        postgres_url("mysql://u:secret@x/y")


_WITHOUT_FASTAPI = """
import sys
sys.modules["fastapi"] = None
from maxbooster_desktop.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_restore_takes_a_backup_and_an_empty_database_only(postgres, database: TestDatabase, tmp_path: Path) -> None:
    good, cut, other = (tmp_path / name for name in ("good", "cut", "other"))
    head = backup.back_up(database.owner, good)
    cut.write_bytes(good.read_bytes()[:-2_000])
    other.write_bytes(b"a song\n")
    with pytest.raises(BackupError, match="stays as it is: restore into an empty database"):
        backup.restore(database.owner, good)
    with fresh_database(postgres) as empty:
        refusals = {
            other: "is no backup of the cloud",
            cut: "is damaged or was cut off",
            tmp_path / "no": "No such file",
        }
        for source, sentence in refusals.items():
            with pytest.raises(BackupError, match=sentence):
                backup.restore(empty.owner, source)
        assert backup.restore(empty.owner, good) == head
    with pytest.raises(BackupError, match="there is nothing to back up"), fresh_database(postgres) as empty:
        backup.back_up(empty.owner, tmp_path / "nothing")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "good", "other"]


class _Collector(http.server.BaseHTTPRequestHandler):
    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_traces_leave_when_a_collector_is_named(serve: Callable[..., Served], shared: dict[str, str]) -> None:
    collector = http.server.HTTPServer(("127.0.0.1", 0), _Collector)
    thread = threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    endpoint = {"MAXBOOSTER_CLOUD_TRACES_ENDPOINT": f"http://127.0.0.1:{collector.server_port}/v1/traces"}
    served = serve("serve", "--port", 0, **shared | endpoint | {"MAXBOOSTER_CLOUD_ROLES": "api"})
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    requests.get(f"{served.url}/healthz", headers={"traceparent": parent}, timeout=20)
    assert served.ends() == 0
    collector.shutdown()
    thread.join()
    collector.server_close()
    assert bytes.fromhex("0af7651916cd43dd8448eb211c80319c") in b"".join(_Collector.bodies)


def test_without_its_packages_the_answer_is_one_sentence() -> None:
    command = [sys.executable, "-c", _WITHOUT_FASTAPI, "cloud", "serve"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    refused(Done(ran.returncode, ran.stdout, ran.stderr), "in a checkout, `./check lint` does it")


def test_the_description_is_printed() -> None:
    document = json.loads(succeeded(maxbooster("cloud", "openapi")).out)
    assert document["openapi"].startswith("3.1")
    assert "/v1/ops/jobs" in document["paths"]
