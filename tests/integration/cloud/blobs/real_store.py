"""A real S3-compatible server: SeaweedFS in one process, with a bucket and one key."""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from cloud.gateways.objects.signing import Bucket

_KEY, _SECRET = "key-of-the-tests", "secret-of-the-tests"
_ROLES = ("master", "volume", "filer", "s3")
_STARTS_S = 90.0


@dataclass(frozen=True)
class RealStore:
    """Where it answers."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables by which programs find and open it."""
        keys = {"AWS_ACCESS_KEY_ID": _KEY, "AWS_SECRET_ACCESS_KEY": _SECRET, "AWS_REGION": "us-east-1"}
        return keys | {"AWS_ENDPOINT": self.endpoint, "AWS_ALLOW_HTTP": "true"}

    def bucket(self, name: str) -> Bucket:
        """Return a bucket."""
        bucket = Bucket.of(name, self.environment)
        assert bucket is not None
        return bucket

    def make_bucket(self, name: str) -> None:
        """Make a bucket."""
        url = self.bucket(name).address("PUT", "", {}, datetime.now(UTC), timedelta(minutes=5))
        reply = requests.put(url, timeout=10)
        assert reply.status_code == 200, reply.text


@contextlib.contextmanager
def real_store() -> Iterator[RealStore]:
    """Run the server until the block ends."""
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        pytest.skip("SeaweedFS has no wheel for this system")
    with tempfile.TemporaryDirectory(prefix="mbt-s3-") as folder, open(f"{folder}/log", "w", encoding="utf-8") as log:
        rights = {"credentials": [{"accessKey": _KEY, "secretKey": _SECRET}], "actions": ["Admin", "Read", "Write"]}
        access = Path(folder) / "access.json"
        access.write_text(json.dumps({"identities": [{"name": "cloud", **rights}]}), encoding="utf-8")
        ports = _free_ports(2 * len(_ROLES))
        words = [f"-{role}.port={port}" for role, port in zip(_ROLES, ports, strict=False)]
        words += [f"-{role}.port.grpc={port}" for role, port in zip(_ROLES, ports[len(_ROLES) :], strict=True)]
        words += ["-filer", "-s3", f"-s3.config={access}", "-master.volumeSizeLimitMB=64"]
        words += ["-volume.max=0"]  # as many as the disk takes: what was deleted keeps its room for a while
        words += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # they have fixed ports, which a second server would want
        command = [str(program), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *words]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            store = RealStore(f"http://127.0.0.1:{ports[_ROLES.index('s3')]}")
            _wait_for(store, process, Path(log.name))
            yield store
        finally:
            process.kill()
            process.wait()


def _wait_for(store: RealStore, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _STARTS_S
    while True:
        with contextlib.suppress(requests.ConnectionError, AssertionError):
            store.make_bucket("first")
            return
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2_000:]
        assert time.monotonic() < end, log.read_text(encoding="utf-8")[-2_000:]
        time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_until_all_are_known:
        sockets = [open_until_all_are_known.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]
