"""How a request becomes a `Call`: who sent it, whether they may send one more now, and which repetition it is.

Runs before the route, in the thread pool, and holds no connection when it returns. Credentials that are not valid are
refused, never taken for none. Requests without any are counted by network address, as a salted hash.
"""

import hmac
import ipaddress
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.requests import HTTPConnection

from cloud.foundation import limits
from cloud.foundation.answers import KEY_PATTERN, key_from_header
from cloud.foundation.calls import Call
from cloud.foundation.encryption import Keyring
from cloud.foundation.principals import ANONYMOUS, Principal
from cloud.foundation.problem_handlers import request_id_of
from cloud.foundation.problems import UnauthenticatedError
from cloud.foundation.runtime import Runtime, address_of, runtime_of

_V6_PREFIX = 64


def admitted(request: Request) -> Call:
    """Return the call of a request that reads."""
    return _admitted(request)


def admitted_as(request: Request, who: Principal) -> Call:
    """Return the call of somebody whom the caller has recognised by other means than the Authorization header."""
    return _counted(request, who)


def admitted_change(
    request: Request,
    idempotency_key: Annotated[str, Header(pattern=KEY_PATTERN, description="New for each thing wanted.")],
) -> Call:
    """Return the call of a request that changes something."""
    return _admitted(request, key_from_header(idempotency_key))


def admitted_edit(
    request: Request,
    idempotency_key: Annotated[str, Header(pattern=KEY_PATTERN, description="New for each thing wanted.")],
    if_match: Annotated[str | None, Header(max_length=200, description="The ETag that was read.")] = None,
) -> Call:
    """Return the call of a request that changes what somebody else may change, too."""
    return _admitted(request, key_from_header(idempotency_key), if_match)


ToRead = Annotated[Call, Depends(admitted)]
ToChange = Annotated[Call, Depends(admitted_change)]
ToEdit = Annotated[Call, Depends(admitted_edit)]


def _admitted(request: Request, key: str | None = None, if_match: str | None = None) -> Call:
    return _counted(request, _authenticated(request, runtime_of(request)), key, if_match)


def _counted(request: Request, who: Principal | None, key: str | None = None, if_match: str | None = None) -> Call:
    runtime = runtime_of(request)
    peer = peer_of(request)
    fingerprint, session = _fingerprint(request, runtime), request.scope.get("session")
    address = address_of(request)
    call = Call(who or ANONYMOUS, request_id_of(request), key, fingerprint, if_match, peer, session, address)
    subject = peer if who is None or who.kind == "anonymous" else who.id
    spent = limits.spend(runtime.units, call, runtime.limit, subject)
    request.scope["reply_headers"] = [
        (name.lower().encode(), value.encode()) for name, value in spent.headers().items()
    ]
    if who is None:
        raise UnauthenticatedError("The credentials are not valid, or not any more: sign in again.")
    return call


def _authenticated(request: Request, runtime: Runtime) -> Principal | None:
    """Return who it is: ANONYMOUS without credentials, None with credentials that nobody knows."""
    for authenticator in runtime.authenticators:
        principal = authenticator.principal_of(request)
        if principal is not None:
            return principal
    return None if "authorization" in request.headers else ANONYMOUS


def peer_of(connection: HTTPConnection) -> str:
    """Return what counters have for where a request or a socket comes from."""
    return peer_hash(runtime_of(connection).keyring, connection.client.host if connection.client else "")


def peer_hash(keyring: Keyring, address: str) -> str:
    """Return what counters and the audit have for a network address."""
    return hmac.new(keyring.derived("peer"), subscriber(address).encode(), "sha256").hexdigest()[:32]


def subscriber(address: str) -> str:
    """Return what one subscriber has of a network: an IPv4 address, or an IPv6 network of which they choose freely."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found.packed, _V6_PREFIX), strict=False))


def _fingerprint(request: Request, runtime: Runtime) -> bytes:
    """Return what tells a repeated request from another one; the edge has hashed the body.

    Keyed: a body may hold a password, which nobody shall find by trying with what the database keeps.
    """
    key = runtime.keyring.derived("requests", min(runtime.keyring.versions))
    target = f"{request.method} {request.url.path}?{request.url.query}\0".encode()
    return hmac.new(key, target + request.scope["body_sha256"], "sha256").digest()
