"""Who asks: a person, a key, whoever runs the cloud, or the cloud itself. Made by authenticators, judged by policy."""

import hmac
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import SecretStr
from starlette.requests import Request

Kind = Literal["anonymous", "user", "key", "operator", "system"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, as far as we know.

    Attributes:
        id: stable, and no name or address of a person: it stands in logs and in the audit.
        roles: what policies ask for.
        on_behalf_of: whose matter a key or an admin handles.
    """

    id: str
    kind: Kind
    roles: frozenset[str] = field(default_factory=frozenset)
    on_behalf_of: str | None = None


ANONYMOUS = Principal("anonymous", "anonymous")
SYSTEM = Principal("system", "system", frozenset({"system"}))
OPERATOR = Principal("operator", "operator", frozenset({"admin"}))


class Authenticator(Protocol):
    """Knows one kind of credential."""

    def principal_of(self, request: Request) -> Principal | None:
        """Return who sent the request; None when it carries no valid credential of this kind."""
        ...


class OperatorKey:
    """The bearer key in the settings: whoever runs the cloud, and the scraper of its metrics."""

    def __init__(self, key: SecretStr | None) -> None:
        self._key = key

    def principal_of(self, request: Request) -> Principal | None:
        """Return the operator when the request carries the key; compared in constant time."""
        given = bearer_token(request)
        if self._key is None or given is None:
            return None
        is_right = hmac.compare_digest(given.encode(), self._key.get_secret_value().encode())
        return OPERATOR if is_right else None


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header, if it holds one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
