"""Idempotency: one effect and one reply for each key, however often and however concurrently it is sent."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi import Response
from pydantic import BaseModel

from cloud.foundation import answers
from cloud.foundation.answers import KeyReusedError, StillRunningError, key_from_header
from cloud.foundation.calls import Call
from cloud.foundation.clock import FixedClock, SystemClock
from cloud.foundation.principals import OPERATOR, SYSTEM
from cloud.foundation.problems import ConflictError, MalformedError
from cloud.foundation.tables import audit_entry, idempotency_key, outbox
from cloud.foundation.unit_of_work import UnitOfWork, Units


class Made(BaseModel):
    """What the tests make."""

    number: int


def answer(units: Units, call: Call, operation, **more) -> Response:
    """Answer with what the operation makes."""
    return answers.answer(units, call, operation, lambda made: made, **more)


def _call(key: str | None = "k1", fingerprint: bytes = b"f", who=OPERATOR) -> Call:
    return Call(who, "req", key, fingerprint)


def _make(work: UnitOfWork) -> Made:
    work.outbox.publish("made", {})
    work.audit.write("made", "thing:1")
    number = work.connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one()
    return Made(number=number)


def _rows(units: Units, table: sa.Table) -> int:
    query = sa.select(sa.func.count()).select_from(table)
    return units.run(_call(), lambda work: work.connection.execute(query).scalar_one())


def test_a_repeated_request_gets_the_first_reply(units: Units) -> None:
    first = answer(units, _call(), _make, status=201, headers=lambda made: {"ETag": f'"{made.number}"'})
    again = answer(units, _call(), _make)
    assert (first.status_code, first.body, first.headers["etag"]) == (201, b'{"number":1}', '"1"')
    assert (again.status_code, again.body, again.headers["etag"]) == (201, b'{"number":1}', '"1"')
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (_rows(units, outbox), _rows(units, audit_entry)) == (1, 1)


def test_another_request_under_the_same_key_is_refused(units: Units) -> None:
    answer(units, _call(), _make)
    with pytest.raises(KeyReusedError):
        answer(units, _call(fingerprint=b"other"), _make)
    assert answer(units, _call(fingerprint=b"other", who=SYSTEM), _make).body == b'{"number":2}'


def test_an_expected_failure_is_kept_and_its_effect_undone(units: Units) -> None:
    def fail(work: UnitOfWork) -> Made:
        _make(work)
        raise ConflictError("It is taken.", headers={"Retry-After": "5"})

    replies = [answer(units, _call(), operation) for operation in (fail, _make)]
    assert [reply.status_code for reply in replies] == [409, 409]
    assert replies[0].body == replies[1].body
    assert replies[1].media_type == "application/problem+json"
    assert replies[1].headers["retry-after"] == "5"
    assert (_rows(units, outbox), _rows(units, audit_entry)) == (0, 0)


def test_a_defect_is_not_kept(units: Units) -> None:
    def fail(work: UnitOfWork) -> Made:
        _make(work)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answer(units, _call(), fail)
    assert _rows(units, idempotency_key) == 0
    assert answer(units, _call(), _make).status_code == 200


def test_while_the_first_one_runs_the_second_is_told_so(units: Units) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(work: UnitOfWork) -> Made:
        inside.set()
        go_on.wait(10)
        return _make(work)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(answer, units, _call(), slow)
        inside.wait(10)
        with pytest.raises(StillRunningError):
            answer(units, _call(), _make)
        go_on.set()
        assert first.result().body == b'{"number":1}'
    assert answer(units, _call(), _make).body == b'{"number":1}'


def test_a_storm_of_one_request_has_one_effect(units: Units) -> None:
    def send(_number: int) -> bytes | None:
        try:
            return bytes(answer(units, _call("storm"), _make).body)
        except StillRunningError:
            return None

    with ThreadPoolExecutor(8) as pool:
        replies = set(pool.map(send, range(200)))
    assert replies - {None} == {b'{"number":1}'}
    assert _rows(units, outbox) == 1


@pytest.mark.parametrize(("header", "key"), [('"a-1"', "a-1"), ("a-1", "a-1"), (None, None)])
def test_keys_come_quoted_or_bare(header: str | None, key: str | None) -> None:
    assert key_from_header(header) == key


@pytest.mark.parametrize("header", ["", '""', '"', '"a', "x" * 201, "a b", "ä"])
def test_keys_that_are_none(header: str, units: Units) -> None:
    with pytest.raises(MalformedError):
        key_from_header(header)
    with pytest.raises(MalformedError):
        answer(units, _call(None), _make)


def test_replies_are_forgotten_after_thirty_days(units: Units) -> None:
    answer(units, _call(), _make)
    clock = FixedClock(SystemClock().now() + timedelta(days=29))
    later = Units(units._database, clock)
    assert later.run(_call(), answers.forget_old) == 0
    clock.advance(timedelta(days=2))
    assert later.run(_call(), answers.forget_old) == 1
