"""What all parts of identity's facade stand on: hashing, counting, proving, and ways to run a verb.

A facade's method does what must come before the unit of work (hashing, counting) and returns the verb, which runs in
one. A route has it answered once under the request's Idempotency-Key; a page runs it and goes on with its result.
"""

import hmac
import ipaddress
import json
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from cloud.foundation import limits as rate_limits
from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.limits import Limit
from cloud.foundation.paging import Cursors
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules
from cloud.identity.breaches import BreachedPasswords
from cloud.identity.contracts import Account
from cloud.identity.errors import PasswordUnsafeError
from cloud.identity.passwords import Passwords
from cloud.identity.proving import Prover
from cloud.identity.throttle import Limits

T = TypeVar("T")
#: What runs inside one unit of work.
Verb = Callable[[UnitOfWork], T]
_V4_PREFIX, _V6_PREFIX = 24, 56
_HASHING, _FREE_THREADS = 2, 2


def _waiting_for(threads: int) -> int:
    """Return how many requests may wait for hashing: some threads are always left for everybody else."""
    return max(0, min(8, threads - _HASHING - _FREE_THREADS))


class Core:
    """The parts of identity in one process's runtime."""

    def __init__(self, runtime: Runtime, limits: Limits | None = None, passwords: Passwords | None = None) -> None:
        self.limits = limits or Limits()
        self.passwords = passwords or Passwords(queue=_waiting_for(runtime.settings.pool_size))
        self.breached = BreachedPasswords(runtime.settings.breached_passwords)
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
        """Count a mail that somebody asks for; raises QuotaExceededError, whether the address is known or not.

        By its reader, whom many may want to annoy, and by whoever asks, who may want to annoy many.
        """
        asker = call.peer if call.who.kind == "anonymous" else call.owner_id
        for name, most, subject in (
            ("mail-asker", self.limits.mails_asked_for, asker or ""),
            ("mail", self.limits.mails, self.prover.masked(email)),
        ):
            rate_limits.spend(self.units, call, Limit(name, most, 3600), subject)

    def require_safe(self, password: str, email: str, name: str) -> None:
        """Refuse a new password that others guess early; raises PasswordUnsafeError (422)."""
        if password in self.breached:
            raise PasswordUnsafeError(
                "This password is one of the most used ones or has leaked somewhere: choose another."
            )
        rules.require_more_than_space(password)
        rules.require_more_than_names(password, *rules.names_in(email, name))

    def hashed(self, password: str, owner: Account) -> str:
        """Return the hash of a new password; raises PasswordUnsafeError (422), HashingBusyError (503)."""
        self.require_safe(password, owner.email, owner.name)
        return self.passwords.hash(password)

    def cursors(self, order: str, owner_id: str) -> Cursors:
        """Return the cursors of a list of somebody's."""
        return Cursors(self.keyring.derived("cursor"), order, {"owner": owner_id})

    def run(self, call: Call, verb: Verb[T]) -> T:
        """Run a verb in a unit of its own and return its result; raises what it raises, with nothing done."""
        return self.units.run(call, verb)

    def answer(self, call: Call, verb: Verb[T], present: Callable[[T], BaseModel], **more: Any) -> Response:
        """Answer somebody who has signed in; nobody else learns which keys were used. Raises UnauthenticatedError."""
        rules.require_somebody(call.who)
        return self.answer_anybody(call, verb, present, **more)

    def answer_anybody(
        self,
        call: Call,
        verb: Verb[T],
        present: Callable[[T], BaseModel],
        *,
        status: int = 200,
        once: tuple[str, ...] = (),
        headers: Callable[[T], dict[str, str]] = lambda _result: {},
    ) -> Response:
        """Answer with what `present` and `headers` make of the result.

        The first reply alone shows the fields in `once`: secrets, which are not kept under the Idempotency-Key.
        """
        shown: list[BaseModel] = []

        def kept(result: T) -> BaseModel:
            shown[:] = [present(result)]
            return shown[0].model_copy(update=dict.fromkeys(once))

        reply = answer(self.units, call, verb, kept, status=status, headers=headers)
        if not once or reply.status_code != status or "idempotency-replayed" in reply.headers:
            return reply
        said = {name: value for name, value in reply.headers.items() if name != "content-length"}
        return Response(json.dumps(shown[0].model_dump(mode="json")), status, said)
