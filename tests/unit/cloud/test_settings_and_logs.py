"""Settings come from the environment, secrets never come out; logs are one JSON object a line."""

import json
import logging
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretBytes, SecretStr

from cloud.commands import main
from cloud.foundation.encryption import Keyring, KeysError
from cloud.foundation.logs import without_secrets
from cloud.foundation.settings import CloudSettings, SettingsError, load_settings
from cloud.gateways.objects.store import store_of
from tests.e2e.program import ROOT

CANARY = "canary-5d1f"
KEY = "c2VhbHMgdGhlIGtleXMgb2YgYWxsIHRoZSBzdWJqZWM="
_LOGGING = f"""
import logging, structlog
from pydantic import SecretStr
from cloud.foundation import logs
from cloud.foundation.settings import CloudSettings
logs.set_up("INFO")
secret = SecretStr("{CANARY}")
settings = CloudSettings(operator_key=secret, keys=secret, database_url=secret)
log = structlog.get_logger("maxbooster.cloud")
log.info("started", settings=settings, deep=[{{"key": SecretStr("{CANARY}")}}], forged='a\\n{{"event": "forged"}}')
logging.getLogger("uvicorn.error").warning("another's line %s", settings.operator_key)
try:
    raise RuntimeError("no luck")
except RuntimeError:
    log.exception("failed")
"""


def test_everything_has_a_default_and_secrets_are_made_once(tmp_path: Path) -> None:
    first, again = load_settings(data=tmp_path / "data"), load_settings(data=tmp_path / "data")
    assert (first.host, first.port, first.roles) == ("127.0.0.1", 8765, {"api", "worker"})
    assert first.keys is not None
    assert first.keys == again.keys
    assert first.operator_key == again.operator_key
    assert stat.S_IMODE((tmp_path / "data" / "secrets.json").stat().st_mode) == 0o600
    assert Keyring.of(first.keys).newest == 1


def test_the_environment_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d")
    monkeypatch.setenv("MAXBOOSTER_CLOUD_ROLES", "worker")
    monkeypatch.setenv("MAXBOOSTER_CLOUD_PUBLIC_ADDRESS", "https://music.example/")
    found = load_settings(data=tmp_path)
    assert (found.roles, found.public_address) == ({"worker"}, "https://music.example")
    assert found.keys is None
    assert not (tmp_path / "secrets.json").exists()
    with pytest.raises(KeysError, match=r"MAXBOOSTER_CLOUD_KEYS must be set, the same for every process"):
        Keyring.of(found.keys)


def test_help_leaves_words_in_capitals_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Run the API and the worker, with a database of its own unless DATABASE_URL names one." in said


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATA", " ", "--data or MAXBOOSTER_CLOUD_DATA is not usable: name a folder."),
        ("PORT", "70000", "--port or MAXBOOSTER_CLOUD_PORT is not usable: it must be at most 65535."),
        ("PORT", "", "--port or MAXBOOSTER_CLOUD_PORT is not usable: it must be a whole number."),
        ("ROLES", "api,cook", "MAXBOOSTER_CLOUD_ROLES is not usable: it must be 'api' or 'worker'."),
        ("HOST", "", "MAXBOOSTER_CLOUD_HOST is not usable: it must be an address of this machine such as 127.0.0.1"),
        ("PUBLIC_ADDRESS", "ftp://x", "MAXBOOSTER_CLOUD_PUBLIC_ADDRESS is not usable: write it as https://host;"),
        ("PUBLIC_ADDRESS", "https://[x", "_PUBLIC_ADDRESS is not usable: it is no address: write scheme://host:port."),
        ("PUBLIC_ADDRESS", "https://x:y", "_PUBLIC_ADDRESS is not usable: it is no address: write scheme://host:port."),
        ("PEER_ADDRESS", "here", "MAXBOOSTER_CLOUD_PEER_ADDRESS is not usable: write it as HOST:PORT."),
        ("PRIVATE_NETWORK", "perhaps", "MAXBOOSTER_CLOUD_PRIVATE_NETWORK is not usable: it must be true or false."),
        ("TRUSTED_PROXIES", "10.0.0.0/8,x", "_TRUSTED_PROXIES is not usable: write networks as 10.0.0.0/8, several"),
        ("MAIL_FROM", "me", "MAXBOOSTER_CLOUD_MAIL_FROM is not usable: write it as Name <name@host>."),
        ("POOL_SIZE", "many", "MAXBOOSTER_CLOUD_POOL_SIZE is not usable: it must be a whole number."),
        ("WORKER_THREADS", "0", "MAXBOOSTER_CLOUD_WORKER_THREADS is not usable: it must be at least 1."),
        ("DRAIN_S", "-1", "MAXBOOSTER_CLOUD_DRAIN_S is not usable: it must be at least 0."),
        ("GRACE_S", "soon", "MAXBOOSTER_CLOUD_GRACE_S is not usable: it must be a number."),
        ("LOG_LEVEL", "loud", "_LOG_LEVEL is not usable: it must be 'DEBUG', 'INFO' or 'WARNING'."),
        ("TRACES_ENDPOINT", "here", "_TRACES_ENDPOINT is not usable: write it as https://host/v1/traces."),
    ],
)
def test_a_value_that_is_not_usable_is_named_with_what_is(
    name: str, value: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"MAXBOOSTER_CLOUD_{name}", value)
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        load_settings(**({} if name == "DATA" else {"data": tmp_path}))
    assert list(tmp_path.iterdir()) == []


def _taken(tmp_path: Path) -> None:
    store_of(load_settings(data=tmp_path, database_url="postgresql://u@/d"))


@pytest.mark.parametrize("variable", ["MAXBOOSTER_CLOUD_TRACES_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"])
def test_nothing_is_sent_in_plain_over_a_network(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OBJECT_STORE_URL", "s3://sounds")
    for away in ("http://10.0.0.7:9000", "HTTP://store.example"):
        monkeypatch.setenv(variable, away)
        with pytest.raises(SettingsError, match=f"{variable} leads over a network without TLS: write https://, or say"):
            _taken(tmp_path)
    for own in ("https://store.example", "http://127.0.0.1:9000", "http://localhost:9000"):
        monkeypatch.setenv(variable, own)
        _taken(tmp_path)
    monkeypatch.setenv(variable, "http://10.0.0.7:9000")
    monkeypatch.setenv("MAXBOOSTER_CLOUD_PRIVATE_NETWORK", "true")
    _taken(tmp_path)


@pytest.mark.parametrize("keys", ["", "1", "1:short", f"x:{KEY}", f"1:{KEY[:-4]}", f"1:{KEY}!"])
def test_keys_that_are_none_are_not_shown(keys: str) -> None:
    with pytest.raises(KeysError) as refused:
        Keyring.of(SecretStr(keys))
    assert KEY[:8] not in str(refused.value)
    assert "VERSION:BASE64" in str(refused.value)


def test_every_setting_says_what_it_is() -> None:
    assert [
        name for name, field in CloudSettings.model_fields.items() if not (field.description or "").endswith(".")
    ] == []


def test_secrets_are_stars_at_any_depth() -> None:
    class Inner(BaseModel):
        key: SecretStr = SecretStr(CANARY)

    value = {"a": [SecretBytes(b"canary-5d1f"), Inner()], "b": (Inner(), {SecretStr(CANARY)}), "c": CANARY.encode()}
    assert CANARY not in str(without_secrets(value))
    assert without_secrets({"n": 1, "t": "x" * 5_000})["t"].endswith("x...")


def test_lines_are_json_without_secrets() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _LOGGING], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["started", "another's line **********", "failed"]
    assert CANARY not in ran.stderr
    assert all(line["timestamp"].endswith("Z") and line["level"] for line in lines)
    assert "RuntimeError: no luck" in lines[2]["exception"]
    assert logging.getLogger("uvicorn.error").level == logging.NOTSET
