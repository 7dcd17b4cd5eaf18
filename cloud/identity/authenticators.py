"""How requests say who sends them: a session's token or an API key.

Each looks its row up anew: what was ended has ended.
"""

import ipaddress
from dataclasses import dataclass

from fastapi import Request

from cloud.foundation.calls import system_call
from cloud.foundation.principals import Principal, bearer_token
from cloud.foundation.problem_handlers import request_id_of
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.identity import key_store, rules, session_store, tokens
from cloud.identity.contracts import ApiKey


@dataclass(frozen=True, slots=True)
class SessionTokens:
    """Knows the tokens that signing in gives."""

    units: Units

    def principal_of(self, request: Request) -> Principal | None:
        """Return the person whose live session the request names, and note the session on the request."""
        token = bearer_token(request)
        return None if token is None else self.principal_with(request, token)

    def principal_with(self, request: Request, token: str) -> Principal | None:
        """Return the person whose live session a token opens, and note the session on the request."""
        if not token.startswith(tokens.SESSION):
            return None
        call = system_call(request_id_of(request))
        found = self.units.run(call, lambda work: session_store.live_session(work, token))
        if found is None:
            return None
        session, roles = found
        request.scope["session"] = session.id
        return Principal(session.account_id, "user", rules.effective_roles(roles, session.methods))


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """Knows the keys that people made for their programs."""

    units: Units

    def principal_of(self, request: Request) -> Principal | None:
        """Return the key that the request carries, when it may be used from there; its scopes are its roles."""
        text = bearer_token(request)
        if text is None or not tokens.is_api_key(text):
            return None
        call = system_call(request_id_of(request))
        host = request.client.host if request.client else ""

        def found(work: UnitOfWork) -> ApiKey | None:
            live = key_store.live_key(work, text)
            if live is None or not _is_inside(host, live.networks):
                return None
            key_store.note_use(work, live)
            return live

        key = self.units.run(call, found)
        if key is None:
            return None
        roles = frozenset(f"scope:{scope}" for scope in key.scopes)
        return Principal(key.id, "key", roles, on_behalf_of=key.account_id)


def _is_inside(host: str, networks: list[str]) -> bool:
    if not networks:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)
