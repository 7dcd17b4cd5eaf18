"""A client that we did not write passes its eight checks against `cloud serve`, with an address from `cloud ticket`."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import foreign_client
from cloud import commands
from tests.e2e.program import succeeded
from tests.integration.cloud.serving import Served, run_cloud


@pytest.mark.usefixtures("foreign_yjs")
def test_a_foreign_client_passes_its_checks(
    serve: Callable[..., Served], shared: dict[str, str], tmp_path: Path, monkeypatch, capsys
) -> None:
    served = serve("serve", "--data", tmp_path, "--port", 0, **shared | {"MAXBOOSTER_CLOUD_ROLES": "api"})
    command = ("ticket", "song-1", "--data", tmp_path, "--json")
    printed = succeeded(run_cloud(*command, "--minutes", 5, **shared)).report
    assert (printed["role"], printed["is_made"]) == ("owner", True)
    assert str(printed["url"]).startswith(f"{served.url.replace('http', 'ws')}/v1/rooms/song-1?ticket=mb_ticket_")
    ran = subprocess.run(
        ["node", "--no-warnings", "acceptance.mjs", str(printed["url"])],
        cwd=foreign_client.HOME,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(json.loads(ran.stdout)) == 8
    for name, value in shared.items():
        monkeypatch.setenv(name, value)
    assert commands.main([*map(str, command), "--role", "viewer"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["role"], again["is_made"]) == ("viewer", False)
    assert served.ends() == 0
    assert "mb_ticket_" not in served.log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "mention"),
    [(["song-1"], "cloud serve"), (["a/b"], "a/b is no project"), (["song-1", "--minutes", "1441"], "1441")],
)
def test_a_ticket_that_cannot_be_made_gets_one_sentence(tmp_path: Path, capsys, words: list[str], mention: str) -> None:
    assert commands.main(["ticket", *words, "--data", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert mention in line
    assert line.endswith(".")
