"""Every setting of the cloud, typed, in one place. All come from the environment, none is needed to start.

    MAXBOOSTER_CLOUD_PORT=8080 DATABASE_URL=postgresql://... maxbooster cloud serve

Secrets that nobody sets are made once and kept in `secrets.json` of the data folder, readable by its owner only. With
DATABASE_URL, several processes with folders of their own share one database, so they must be told the same secrets.
"""

import base64
import ipaddress
import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cloud.foundation.errors import OperatorError

PREFIX = "MAXBOOSTER_CLOUD_"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
Role = Literal["api", "worker"]


class SettingsError(OperatorError):
    """A setting has a value that nothing can be done with."""


def _default_data() -> Path:
    home = os.environ.get("MAXBOOSTER_HOME")
    return Path(home) / "cloud" if home else platformdirs.user_data_path("maxbooster-cloud", appauthor=False)


def _origin(address: str) -> str:
    """Return an address of scheme, host and port; only this machine may do without TLS, as cookies and keys need it."""
    found = urlsplit(address)
    is_secure = found.scheme == "https" or (found.scheme == "http" and found.hostname in _LOOPBACK)
    if not is_secure or "@" in found.netloc or found.path not in ("", "/") or found.query or found.fragment:
        raise ValueError("write it as https://host; http://localhost:port serves this machine only")
    return f"{found.scheme}://{found.netloc}"


def _by_comma(value: object) -> object:
    return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _networks(texts: frozenset[str]) -> frozenset[str]:
    return frozenset(str(ipaddress.ip_network(text)) for text in texts)


class CloudSettings(BaseSettings):
    """What whoever runs the cloud can choose."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, populate_by_name=True)

    data: Path = Field(default_factory=_default_data, description="Folder for everything that is kept.")
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
        description="PostgreSQL server; without it an embedded one runs in the data folder.",
    )
    database_owner_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("database_owner_url", "DATABASE_OWNER_URL"),
        description="The same database for migrations, as the role that owns the tables.",
    )
    roles: Annotated[frozenset[Role], NoDecode, BeforeValidator(_by_comma)] = Field(
        default=frozenset({"api", "worker"}), description="What this process does: api, worker or both, by comma."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8765, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_address: Annotated[str, AfterValidator(_origin)] | None = Field(
        default=None, description="What the cloud is reached as from outside, for links."
    )
    peer_address: Annotated[str, Field(pattern=r"^\S+:\d+$")] | None = Field(
        default=None, description="HOST:PORT that other API processes reach this one at; the socket's own by default."
    )
    tls_certificate: Path | None = Field(
        default=None, description="PEM file with this process's certificate and key; without it, it speaks plain HTTP."
    )
    tls_authority: Path | None = Field(
        default=None, description="PEM file with who certifies other API processes; the public authorities by default."
    )
    private_network: bool = Field(
        default=False, description="What goes between our machines without TLS is on a network of our own."
    )
    trusted_proxies: Annotated[frozenset[str], NoDecode, BeforeValidator(_by_comma), AfterValidator(_networks)] = Field(
        default=frozenset(), description="Networks, by comma, whose X-Forwarded-For says who asks: our own proxies."
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server as smtp(s)://user:password@host:port; without it mail stays in the data folder.",
    )
    mail_from: str = Field(default="Max Booster <no-reply@localhost>", description="Sender of mail.")
    breached_passwords: Path | None = Field(
        default=None, description="Have I Been Pwned's passwords, ordered by hash; without it the 30,000 most used."
    )
    pool_size: int = Field(default=8, ge=2, le=64, description="Database connections, and so requests at one time.")
    worker_threads: int = Field(default=2, ge=1, le=32, description="Jobs at one time.")
    drain_s: float = Field(default=0.0, ge=0, le=300, description="Seconds between not ready and no more requests.")
    grace_s: float = Field(default=25.0, ge=0, le=300, description="Seconds that running requests and jobs get to end.")
    request_bytes: int = Field(default=1_048_576, ge=1024, description="Largest request body.")
    object_store_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("object_store_url", "OBJECT_STORE_URL"),
        description="S3-compatible store for blobs, as s3://bucket/prefix; without it they are in the data folder.",
    )
    storage_bytes: int = Field(default=20 << 30, ge=0, description="Bytes that one account may store.")
    blob_bytes: int = Field(default=4 << 30, ge=1, description="Largest blob.")
    part_bytes: int = Field(default=16 << 20, ge=1024, description="Largest part of an upload.")
    requests_per_minute: int = Field(default=600, ge=1, description="Requests that one caller may send.")
    log_level: Literal["DEBUG", "INFO", "WARNING"] = Field(default="INFO", description="Least level that is logged.")
    traces_endpoint: str | None = Field(default=None, description="OTLP/HTTP address for traces; none leaves without.")
    keys: SecretStr | None = Field(
        default=None, description="Encryption keys as VERSION:BASE64 of 32 bytes, by comma; the highest version seals."
    )
    operator_key: SecretStr | None = Field(default=None, description="Bearer key of whoever runs the cloud.")

    @property
    def scheme(self) -> str:
        """Return what a process of ours speaks."""
        return "http" if self.tls_certificate is None else "https"

    @property
    def plain_addresses(self) -> list[str]:
        """Return where other machines would reach this process without TLS, though no network is said to be private."""
        peer = (self.peer_address or _LOOPBACK[0]).rpartition(":")[0].strip("[]") or _LOOPBACK[0]
        is_safe = self.private_network or self.tls_certificate is not None
        return [] if is_safe else [host for host in (self.host, peer) if host not in _LOOPBACK]


def load_settings(**chosen: Any) -> CloudSettings:
    """Return the settings, with secrets made when nobody set them; raises SettingsError."""
    try:
        settings = CloudSettings(**chosen)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"The setting {name.upper()} is not usable: {first['msg']}.") from error
    return settings if settings.database_url is not None else _with_own_secrets(settings)


def new_key() -> str:
    """Return 32 random bytes as the setting `keys` takes them."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _with_own_secrets(settings: CloudSettings) -> CloudSettings:
    note = settings.data / "secrets.json"
    made = {"keys": f"1:{new_key()}", "operator_key": secrets.token_urlsafe(32)}
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            made |= json.loads(note.read_text(encoding="utf-8"))
        else:
            with open(descriptor, "w", encoding="utf-8") as new:
                json.dump(made, new, indent=1)
    except (OSError, ValueError) as error:
        raise SettingsError(f"The secrets in {note} cannot be used ({error}): mend or remove the file.") from error
    missing = {name: SecretStr(value) for name, value in made.items() if getattr(settings, name) is None}
    return settings.model_copy(update=missing)
