"""What a unit of work knows about the request or job that it serves."""

from dataclasses import dataclass

from cloud.foundation.principals import SYSTEM, Principal


@dataclass(frozen=True, slots=True)
class Call:
    """One request or one job, as far as operations need to know it.

    Attributes:
        fingerprint: SHA-256 of method, address and body: tells a repeated request from another one.
        if_match: the version that the caller has seen.
        peer: salted hash of the network address.
        address: what the cloud is reached as, for links in mails; empty where nobody asked over the network.
    """

    who: Principal
    request_id: str
    idempotency_key: str | None = None
    fingerprint: bytes = b""
    if_match: str | None = None
    peer: str | None = None
    session: str | None = None
    address: str = ""

    @property
    def owner_id(self) -> str:
        """Return whose matter it is: the person's, or that of the person whom a key belongs to."""
        return self.who.on_behalf_of or self.who.id

    @property
    def scope(self) -> str:
        """Return whose Idempotency-Keys the call's is one of: a credential's, or nobody's at one network address."""
        return f"{self.who.id}:{self.peer}" if self.who.kind == "anonymous" else self.who.id


def system_call(request_id: str) -> Call:
    """Return the call of the cloud itself: jobs, maintenance, commands."""
    return Call(SYSTEM, request_id)
