"""What both halves of identity's facade stand on: hashing, counting, proving, and secrets that are shown once."""

import hmac
import ipaddress
import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from cloud.foundation import limits as rate_limits
from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.limits import Limit
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules
from cloud.identity.passwords import Passwords
from cloud.identity.proving import Prover
from cloud.identity.throttle import Limits

_V4_PREFIX, _V6_PREFIX = 24, 56
#: A verb's visible result, and what is shown with it once and never kept.
Shown = tuple[BaseModel, Mapping[str, Any]]


class Core:
    """The parts of identity in one process's runtime."""

    def __init__(self, runtime: Runtime, limits: Limits | None = None, passwords: Passwords | None = None) -> None:
        self.limits = limits or Limits()
        self.passwords = passwords or Passwords()
        self.keyring, self.units = runtime.keyring, runtime.units
        self.prover = Prover(self.units, self.keyring, self.passwords, self.limits)

    def network_of(self, request: Request) -> str:
        """Return the salted hash of the part of the network that a request comes from: a /24 or a /56."""
        host = request.client.host if request.client else ""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            part = host
        else:
            prefix = _V4_PREFIX if address.version == 4 else _V6_PREFIX
            part = str(ipaddress.ip_network((address, prefix), strict=False))
        return hmac.new(self.keyring.derived("network"), part.encode(), "sha256").hexdigest()[:32]

    def spend_mail(self, call: Call, email: str) -> None:
        """Count a mail that somebody asks for; raises QuotaExceededError, whether the address is known or not."""
        limit = Limit("mail", self.limits.mails, 3600)
        rate_limits.spend(self.units, call, limit, self.prover.masked(email))

    def answer(self, call: Call, verb: Callable[[UnitOfWork], BaseModel]) -> Response:
        """Answer somebody who has signed in; nobody else learns which keys were used. Raises UnauthenticatedError."""
        rules.require_somebody(call.who)
        return answer(self.units, call, verb, as_is)

    def answer_once(self, call: Call, verb: Callable[[UnitOfWork], Shown], *, status: int = 200) -> Response:
        """Answer with secrets that only the first reply holds: they are not kept under the Idempotency-Key."""
        secrets: dict[str, Any] = {}

        def run(work: UnitOfWork) -> BaseModel:
            result, shown = verb(work)
            secrets.clear()
            secrets.update(shown)
            return result

        reply = answer(self.units, call, run, as_is, status=status)
        if reply.status_code != status or "idempotency-replayed" in reply.headers:
            return reply
        whole = json.dumps(json.loads(bytes(reply.body)) | secrets)
        return Response(whole, reply.status_code, media_type="application/json")


def as_is(model: BaseModel) -> BaseModel:
    """Show what a verb returned."""
    return model
