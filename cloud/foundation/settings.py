"""Every setting of the cloud, typed, in one place. All come from the environment, none is needed to start.

    MAXBOOSTER_CLOUD_PORT=8080 DATABASE_URL=postgresql://... maxbooster cloud serve

Secrets that nobody sets are made once and kept in `secrets.json` of the data folder, readable by its owner only. With
DATABASE_URL, several processes with folders of their own share one database, so they must be told the same secrets.
"""

import base64
import ipaddress
import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

import platformdirs
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cloud.foundation import data_folder, wording
from cloud.foundation.errors import OperatorError

PREFIX = "MAXBOOSTER_CLOUD_"
_PEER = wording.spoken(r"^\S+:\d{1,5}$", "write it as HOST:PORT")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
Role = Literal["api", "worker"]


class SettingsError(OperatorError):
    """A setting has a value that nothing can be done with."""


def _default_data() -> Path:
    home = os.environ.get("MAXBOOSTER_HOME")
    return Path(home) / "cloud" if home else platformdirs.user_data_path("maxbooster-cloud", appauthor=False)


def _folder(given: object) -> object:
    """Refuse what would mean the present folder, though nobody named it."""
    if isinstance(given, str) and (not given.strip() or "\0" in given):
        raise ValueError("name a folder")
    return given


def _origin(address: str) -> str:
    """Return an address of scheme, host and port; only this machine may do without TLS, as cookies and keys need it."""
    found = _split(address)
    is_secure = found.scheme == "https" or (found.scheme == "http" and found.hostname in _LOOPBACK)
    if not is_secure or "@" in found.netloc or found.path not in ("", "/") or found.query or found.fragment:
        raise ValueError("write it as https://host; http://localhost:port serves this machine only")
    return f"{found.scheme}://{found.netloc}"


def _collector(address: str) -> str:
    found = _split(address)
    if found.scheme not in ("http", "https") or not found.hostname:
        raise ValueError("write it as https://host/v1/traces")
    return address


def _split(address: str) -> SplitResult:
    """Return the parts of an address; raises ValueError when a port or brackets in it make no sense."""
    try:
        found = urlsplit(address)
        found.port  # noqa: B018 - looks whether it is one
    except ValueError:
        raise ValueError("it is no address: write scheme://host:port") from None
    return found


def _sender(text: str) -> str:
    if "@" not in parseaddr(text)[1] or not text.isprintable():
        raise ValueError("write it as Name <name@host>")
    return text


def _host(text: str) -> str:
    if not text or not text.isprintable() or " " in text or "/" in text:
        raise ValueError("it must be an address of this machine such as 127.0.0.1 or ::1")
    return text


def _by_comma(value: object) -> object:
    return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _networks(texts: frozenset[str]) -> frozenset[str]:
    try:
        return frozenset(str(ipaddress.ip_network(text)) for text in texts)
    except ValueError as error:
        raise ValueError(f"write networks as 10.0.0.0/8, several by comma ({error})") from None


class CloudSettings(BaseSettings):
    """What whoever runs the cloud can choose."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, populate_by_name=True)

    data: Annotated[Path, BeforeValidator(_folder)] = Field(
        default_factory=_default_data, description="Folder for everything that is kept."
    )
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
    host: Annotated[str, AfterValidator(_host)] = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8765, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_address: Annotated[str, AfterValidator(_origin)] | None = Field(
        default=None, description="What the cloud is reached as from outside, for links."
    )
    peer_address: Annotated[str, Field(pattern=_PEER)] | None = Field(
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
    mail_from: Annotated[str, AfterValidator(_sender)] = Field(
        default="Max Booster <no-reply@localhost>", description="Sender of mail."
    )
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
    traces_endpoint: Annotated[str, AfterValidator(_collector)] | None = Field(
        default=None, description="OTLP/HTTP address for traces; none leaves without."
    )
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


def load_settings(*, begins: bool = True, keeps: bool = True, **chosen: Any) -> CloudSettings:
    """Return the settings, with secrets made when nobody set them and a cloud `begins`; raises OperatorError.

    Where it does not keep what it makes, nothing is written: so that a command can decide first whether it begins.
    """
    try:
        settings = CloudSettings(**chosen)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(f"{_variable(str(first['loc'][0]))} is not usable: {wording.of(first)}.") from None
    require_secret_way(f"{PREFIX}TRACES_ENDPOINT", settings.traces_endpoint, settings)
    if settings.database_url is not None:
        return settings
    if not begins:
        data_folder.require_there(settings.data)
    return _with_own_secrets(settings, keeps=keeps)


def require_secret_way(variable: str, address: str | None, settings: CloudSettings) -> None:
    """Refuse an address that what we send would be read on the way to; raises SettingsError."""
    found = urlsplit(address or "")
    if found.scheme == "http" and found.hostname not in _LOOPBACK and not settings.private_network:
        raise SettingsError(
            f"{variable} leads over a network without TLS: write https://, or say {PREFIX}PRIVATE_NETWORK=true."
        )


def _variable(name: str) -> str:
    """Return what a setting is called in the environment; `name` may be that already."""
    if name in ("data", "port"):
        return f"--{name} or {PREFIX}{name.upper()}"
    is_whole = name.isupper() or CloudSettings.model_fields[name].validation_alias is not None
    return name.upper() if is_whole else f"{PREFIX}{name.upper()}"


def where_keys_are(settings: CloudSettings) -> str:
    """Return what somebody has to keep so that what is sealed can be opened: a file, or a setting."""
    variable = f"{PREFIX}KEYS"
    is_set = variable in os.environ or settings.database_url is not None
    return f"what {variable} says" if is_set else str(data_folder.secrets_of(settings.data))


def new_key() -> str:
    """Return 32 random bytes as the setting `keys` takes them."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _with_own_secrets(settings: CloudSettings, *, keeps: bool) -> CloudSettings:
    fresh = {"keys": f"1:{new_key()}", "operator_key": secrets.token_urlsafe(32)}
    made = data_folder.own_secrets(settings.data, fresh, keeps=keeps)
    missing = {name: SecretStr(value) for name, value in made.items() if getattr(settings, name) is None}
    return settings.model_copy(update=missing)
