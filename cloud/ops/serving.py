"""One process of the cloud from start to end: database, tables, keys, API, worker, and a stop that loses nothing.

On SIGTERM or Ctrl-C the process is not ready any more, waits `drain_s` for that to be noticed, takes no more requests,
lets those and the jobs that run end for `grace_s`, and stops its database last. A second signal skips the waiting.
"""

import errno
import ipaddress
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from cloud.foundation import reaching
from cloud.foundation.database import Database, is_unverified_way, require_verified_way
from cloud.foundation.embedded_postgres.cluster import RunningPostgres, running
from cloud.foundation.errors import OperatorError
from cloud.foundation.job_worker import Worker
from cloud.foundation.migrations.upgrading import upgrade
from cloud.foundation.runtime import Runtime, address_at
from cloud.foundation.settings import CloudSettings
from cloud.ops.alerting import Recording
from cloud.ops.drain import Drain
from cloud.ops.patience import AnsweringSocket, PatientProtocol

#: A disk fills within seconds, and looking takes microseconds.
_WATCHED_EVERY_S = 0.1
#: Of TLS 1.2; those of 1.3 are all strong.
_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"
_log = structlog.get_logger("maxbooster.cloud")
#: Gets the address that people go to and the one that is listened on; None for both without an API.
Announce = Callable[[str | None, str | None], None]
#: Of a WebSocket. Rooms take less and say so; beyond this the server closes without asking them.
_LARGEST_FRAME = 8 * 1024 * 1024


class PortTakenError(OperatorError):
    """The address cannot be listened on."""


class PlainWayError(OperatorError):
    """What people send would be read by others on its way."""


class DatabaseEndedError(OperatorError):
    """The embedded database ended while the cloud ran."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database is, for the application and for whoever owns the tables."""

    app: str
    owner: str
    embedded: RunningPostgres | None = None


@contextmanager
def database_of(settings: CloudSettings) -> Iterator[Addresses]:
    """Yield the database's addresses; without DATABASE_URL the embedded one runs until the block ends.

    Raises DatabaseAddressError before anything is sent to a server that could be anybody's, DatabaseUnusableError.
    """
    if settings.database_url is not None:
        app = settings.database_url.get_secret_value()
        owner = settings.database_owner_url.get_secret_value() if settings.database_owner_url else app
        named = {owner: "DATABASE_OWNER_URL", app: "DATABASE_URL"}
        for address, variable in named.items():
            require_verified_way(variable, address, is_private=settings.private_network)
        if any(map(is_unverified_way, (app, owner))):
            _log.warning("the database's certificate is not checked: its network is said to be private")
        for address, variable in named.items():
            reaching.require_usable(variable, address)
        yield Addresses(app, owner)
        return
    with running(settings.data) as server:
        yield Addresses(server.app_url, server.owner_url, server)


class Process:
    """The parts of one process and the order in which they start and stop."""

    def __init__(
        self, settings: CloudSettings, build: Callable[[CloudSettings, str, Drain], tuple[Runtime, ASGIApp]]
    ) -> None:
        self._settings, self._build = settings, build
        self._drain = Drain()
        self._stop = threading.Event()
        self._server: uvicorn.Server | None = None

    def run(self, announce: Announce) -> None:
        """Run until a signal comes; `announce` is told when it serves. Raises OperatorError."""
        with database_of(self._settings) as addresses:
            upgrade(addresses.owner, addresses.app)
            runtime, app = self._build(self._settings, addresses.app, self._drain)
            try:
                with self._signals():
                    self._run_roles(runtime, app, addresses, announce)
            finally:
                runtime.database.close()

    def _run_roles(self, runtime: Runtime, app: ASGIApp, addresses: Addresses, announce: Announce) -> None:
        settings = self._settings
        listener = _listen(settings) if "api" in settings.roles else None
        worker = Worker(runtime.units, runtime.kinds, runtime.subscriptions, settings.worker_threads)
        if "worker" in settings.roles:
            worker.start()
        recording = Recording(runtime.units)
        recording.start()
        watched = (addresses.embedded, runtime.database)
        watch = threading.Thread(target=self._watch, args=watched, name="cloud watch", daemon=True)
        watch.start()
        try:
            if listener is None:
                announce(None, None)
                self._stop.wait()
            else:
                self._serve(app, listener, announce)
        finally:
            self._stop.set()
            worker.stop(settings.grace_s)
            recording.stop()
            watch.join()
        if addresses.embedded is not None and addresses.embedded.has_ended():
            raise DatabaseEndedError(f"The database of {settings.data} has ended: its log there says why; start again.")

    def _serve(self, app: ASGIApp, listener: socket.socket, announce: Announce) -> None:
        config = uvicorn.Config(
            app,
            loop="auto" if sys.platform == "win32" else "uvloop",
            http=PatientProtocol,
            ws=AnsweringSocket,
            ws_max_size=_LARGEST_FRAME,
            ws_per_message_deflate=False,  # updates are small, and compressing each costs more than it saves
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=round(self._settings.grace_s),
            **tls_of(self._settings),
        )
        host, port = listener.getsockname()[:2]
        self._server = _Server(config, lambda: announce(_address(self._settings, host, port), _listens_at(host, port)))
        self._server.run(sockets=[listener])

    def _watch(self, embedded: RunningPostgres | None, database: Database) -> None:
        """Stop the process when its own database is gone, and write nothing while its disk is full."""
        while embedded is not None and not self._stop.wait(_WATCHED_EVERY_S):
            if embedded.has_ended():
                self._end()
            database.is_full = embedded.reserve.look()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        kinds = (signal.SIGINT, signal.SIGTERM)
        before = {kind: signal.signal(kind, self._on_signal) for kind in kinds}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._drain.has_begun:
            self._end()
            if self._server is not None:
                self._server.force_exit = True
            return
        self._drain.begin()
        threading.Thread(target=self._end_soon, name="cloud drain", daemon=True).start()

    def _end_soon(self) -> None:
        self._stop.wait(self._settings.drain_s)
        self._end()

    def _end(self) -> None:
        self._drain.begin()
        self._stop.set()
        if self._server is not None:
            self._server.should_exit = True


class _Server(uvicorn.Server):
    """uvicorn's server without its own idea of signals, saying when it listens."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self._on_started()


def _address(settings: CloudSettings, host: str, port: int) -> str:
    """Return the address that people go to, which pages and links go by, too."""
    listens = ipaddress.ip_address(host)
    if settings.public_address is None and not (listens.is_loopback or listens.is_unspecified):
        return f"{settings.scheme}://{_listens_at(host, port)}"
    return address_at(settings, port)


def _listens_at(host: str, port: int) -> str:
    """Return what a proxy in front connects to."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def tls_of(settings: CloudSettings) -> dict[str, Any]:
    """Return what makes uvicorn speak TLS when there is a certificate; raises PlainWayError when it is none."""
    if settings.tls_certificate is None:
        return {}
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(settings.tls_certificate)
    except OSError as error:
        raise PlainWayError(
            f"MAXBOOSTER_CLOUD_TLS_CERTIFICATE is {settings.tls_certificate}, which holds no certificate with its key: "
            "name a PEM file with both."
        ) from error
    return {"ssl_certfile": settings.tls_certificate, "ssl_ciphers": _SUITES}


def _listen(settings: CloudSettings) -> socket.socket:
    if settings.plain_addresses:
        raise PlainWayError(
            f"Other machines would reach {settings.plain_addresses[0]} without TLS: "
            "name MAXBOOSTER_CLOUD_TLS_CERTIFICATE, listen at 127.0.0.1, or say MAXBOOSTER_CLOUD_PRIVATE_NETWORK=true."
        )
    tls_of(settings)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        said = (error.strerror or str(error)).partition(" (while ")[0]
        is_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        way_out = "another port with --port" if is_port else "an address of this machine in MAXBOOSTER_CLOUD_HOST"
        raise PortTakenError(
            f"{settings.host}:{settings.port} cannot be listened on ({said}): choose {way_out}."
        ) from error
