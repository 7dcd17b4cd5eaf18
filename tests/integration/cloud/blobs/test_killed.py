"""A cloud that is killed while a part arrives: what arrived is there when it starts again, and nothing is visible."""

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import requests

from cloud.foundation.calls import system_call
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.identity import session_store, store
from tests.integration.cloud.blobs.uploads import CHUNK, TUS, content, metadata, name
from tests.integration.cloud.serving import Served


def _signed_in(units: Units) -> dict[str, str]:
    """Return the headers of somebody who is signed in."""

    def enter(work: UnitOfWork) -> str:
        account_id = store.add_account(work, "ada@example.org", "Ada", "none")
        store.change_account(work, account_id, state="active", roles=["member"])
        return session_store.open_session(work, account_id, "Own", ["pwd"])[1]

    token = units.run(system_call("test"), enter)
    return {**TUS, "Authorization": f"Bearer {token}", "Idempotency-Key": "u"}


def test_an_upload_goes_on_after_the_cloud_was_killed(
    serve: Callable[..., Served], shared: dict[str, str], units: Units, tmp_path: Path
) -> None:
    data, folder = content(1, 3_000_000), tmp_path / "data"
    environment = shared | {"MAXBOOSTER_CLOUD_ROLES": "api", "MAXBOOSTER_CLOUD_REQUESTS_PER_MINUTE": "10000"}
    first = serve("serve", "--data", folder, "--port", 0, **environment)
    headers = _signed_in(units)
    about = metadata(hash=name(data), kind="audio")
    begin = headers | {"Upload-Length": str(len(data)), "Upload-Metadata": about}
    path = requests.post(f"{first.url}/v1/uploads", headers=begin, timeout=20).headers["Location"]
    lines = {**headers, "Host": "x", "Content-Type": CHUNK, "Upload-Offset": "0", "Content-Length": str(len(data))}
    head = f"PATCH {path} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"
    host, port = first.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as wire:
        wire.sendall(head.encode() + data[:1_234_567])
        while requests.head(first.url + path, headers=headers, timeout=20).headers["Upload-Offset"] != "1234567":
            time.sleep(0.02)
        assert first.ends(signal.SIGKILL) == -signal.SIGKILL

    again = serve("serve", "--data", folder, "--port", 0, **environment)
    assert requests.head(again.url + path, headers=headers, timeout=20).headers["Upload-Offset"] == "1234567"
    assert not [each for each in (folder / "objects").rglob("*") if each.is_file()]
    rest = headers | {"Content-Type": CHUNK, "Upload-Offset": "1234567"}
    reply = requests.patch(again.url + path, data=data[1_234_567:], headers=rest, timeout=20)
    assert reply.status_code == 204, reply.text
    assert (folder / "objects" / name(data)[:2] / name(data)[2:4] / name(data)).read_bytes() == data
    assert again.ends() == 0
