"""A request that changes something has its effect once and gives the same reply each time it is repeated.

The reply is kept under the caller's Idempotency-Key in the transaction of the effect: either both are durable or
neither is, so nothing is ever left half-done, and nothing has to be cleaned up after a crash. While the first request
runs a second one gets 409; another request under the same key gets 422. An expected failure (4xx) of the operation is
kept as well, with its effect undone. After draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

import sqlalchemy as sa
from fastapi import Response
from pydantic import BaseModel

from cloud.foundation.calls import Call
from cloud.foundation.problems import (
    KEY_REUSED,
    MEDIA_TYPE,
    STILL_RUNNING,
    MalformedError,
    ProblemError,
    document_of,
)
from cloud.foundation.tables import idempotency_key
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.foundation.wording import spoken

T = TypeVar("T")
#: Repeats after this long are new requests; published in the API's description.
KEPT = timedelta(days=30)
#: In quotes, as the draft has it, or bare.
KEY_PATTERN = spoken(
    r'^("[!#-~]{1,200}"|[!#-~]{1,200})$', "it must have 1 to 200 letters, digits and signs without spaces"
)


class KeyReusedError(ProblemError):
    """The key belongs to a request with another method, address or body."""

    problem = KEY_REUSED


class StillRunningError(ProblemError):
    """The first request under this key has not ended."""

    problem = STILL_RUNNING


def answer(
    units: Units,
    call: Call,
    operation: Callable[[UnitOfWork], T],
    present: Callable[[T], BaseModel],
    *,
    status: int = 200,
    headers: Callable[[T], dict[str, str]] = lambda _result: {},
) -> Response:
    """Run `operation` once for the call's key and return its reply, the first one or the kept one.

    `present` and `headers` make the reply from the operation's result.
    """
    if call.idempotency_key is None:
        raise MalformedError("Send an Idempotency-Key header, a new one for each thing you want done.")

    def reply(work: UnitOfWork) -> Response:
        result = operation(work)
        return _reply(present(result).model_dump_json().encode(), status, headers(result))

    return units.run(call, lambda work: _answered(work, reply))


def key_from_header(text: str | None) -> str | None:
    """Return the key of an Idempotency-Key header, quoted as the draft has it or bare; raises MalformedError."""
    if text is None:
        return None
    if not re.fullmatch(KEY_PATTERN, text):
        raise MalformedError("An Idempotency-Key has 1 to 200 ASCII characters without spaces and quotes.")
    return text.strip('"')


def forget_old(work: UnitOfWork) -> int:
    """Remove the replies that are older than `KEPT`; return how many."""
    old = sa.delete(idempotency_key).where(idempotency_key.c.created_at < work.clock.now() - KEPT)
    return len(work.connection.execute(old.returning(idempotency_key.c.key)).all())


def _answered(work: UnitOfWork, reply: Callable[[UnitOfWork], Response]) -> Response:
    _take_turn(work)
    kept = _kept(work)
    if kept is not None:
        return kept
    try:
        with work.connection.begin_nested(), work.audit.undone_on_failure():
            response = reply(work)
    except ProblemError as error:
        document = document_of(error, work.call.request_id)
        response = _reply(json.dumps(document.body()).encode(), document.kind.status, document.headers, MEDIA_TYPE)
    _keep(work, response)
    return response


def _reply(body: bytes, status: int, headers: dict[str, str], media_type: str = "application/json") -> Response:
    return Response(body, status, headers=headers, media_type=media_type)


def _take_turn(work: UnitOfWork) -> None:
    """Be the only request under this key until the transaction ends."""
    name = hashlib.sha256(f"{work.call.scope}\0{work.call.idempotency_key}".encode()).digest()
    number = int.from_bytes(name[:8], "big", signed=True)
    if not work.connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(number))).scalar_one():
        _refuse_running()


def _refuse_running() -> NoReturn:
    raise StillRunningError(
        "The first request with this Idempotency-Key is still running: ask again.", headers={"Retry-After": "1"}
    )


def _kept(work: UnitOfWork) -> Response | None:
    call = work.call
    query = sa.select(idempotency_key).where(
        idempotency_key.c.scope == call.scope, idempotency_key.c.key == call.idempotency_key
    )
    row = work.connection.execute(query).mappings().first()
    if row is None:
        return None
    if row["fingerprint"] != call.fingerprint:
        raise KeyReusedError("This Idempotency-Key was used for another request: take a new one.")
    headers = {**row["headers"], "idempotency-replayed": "true"}
    media_type = headers.pop("content-type")
    return _reply(row["body"], row["status"], headers, media_type)


def _keep(work: UnitOfWork, response: Response) -> None:
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    values: dict[str, Any] = {
        "scope": work.call.scope,
        "key": work.call.idempotency_key,
        "fingerprint": work.call.fingerprint,
    }
    values |= {"status": response.status_code, "headers": headers, "body": bytes(response.body)}
    work.connection.execute(sa.insert(idempotency_key).values(values))
