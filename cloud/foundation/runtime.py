"""What one process of the cloud has: built once by `cloud.app`, found by routes on the application."""

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from cloud.foundation.database import Database
from cloud.foundation.encryption import Keyring
from cloud.foundation.erasure import Erasers
from cloud.foundation.job_kinds import JobKinds
from cloud.foundation.limits import Limit
from cloud.foundation.principals import Authenticator
from cloud.foundation.settings import CloudSettings
from cloud.foundation.unit_of_work import Units


@dataclass(slots=True)
class Runtime:
    """Settings, database, keys, and what the domains have registered."""

    settings: CloudSettings
    database: Database
    units: Units
    keyring: Keyring
    limit: Limit
    authenticators: list[Authenticator] = field(default_factory=list)
    kinds: JobKinds = field(default_factory=JobKinds)
    subscriptions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    erasers: Erasers = field(default_factory=Erasers)


def address_of(request: HTTPConnection) -> str:
    """Return the address that the cloud is reached at; never what the request says: its Host header is anybody's."""
    return address_at(runtime_of(request).settings, request.scope["server"][1])


def address_at(settings: CloudSettings, port: int) -> str:
    """Return the setting's address, or else this machine's own: `localhost`, because passkeys need a name."""
    return settings.public_address or f"{settings.scheme}://localhost:{port}"


def runtime_of(request: HTTPConnection) -> Runtime:
    """Return the runtime of the application that handles a request or a socket."""
    runtime = request.app.state.runtime
    assert isinstance(runtime, Runtime)
    return runtime
