"""Rate limits that several processes share, and sealed values while keys are changed."""

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from cloud.foundation.calls import Call
from cloud.foundation.database import Database
from cloud.foundation.encryption import Keyring, KeysError, Place, SealBrokenError, Vault, enrol
from cloud.foundation.limits import Limit, QuotaExceededError, spend
from cloud.foundation.principals import OPERATOR
from cloud.foundation.tables import data_key
from cloud.foundation.unit_of_work import Units
from tests.integration.cloud.conftest import TestDatabase

CALL = Call(OPERATOR, "req")
PLACE = Place("account", "token", "row_1")


def test_a_quota_is_spent_and_told(units: Units) -> None:
    limit = Limit("small", 3, 3_600)
    spent = [spend(units, CALL, limit, "me") for _ in range(3)]
    assert [one.headers()["RateLimit"] for one in spent] == [
        '"small";r=2;t=1200',
        '"small";r=1;t=2400',
        '"small";r=0;t=3600',
    ]
    assert spent[0].headers()["RateLimit-Policy"] == '"small";q=3;w=3600'
    with pytest.raises(QuotaExceededError) as refused:
        spend(units, CALL, limit, "me")
    assert 1_190 <= int(refused.value.headers["Retry-After"]) <= 1_200
    assert refused.value.more == {"violated-policies": ["small"]}
    assert spend(units, CALL, limit, "you").is_granted


def test_a_bucket_fills_evenly(units: Units) -> None:
    limit = Limit("quick", 2, 1)
    for _ in range(2):
        spend(units, CALL, limit, "me")
    units.run(CALL, lambda work: work.connection.execute(sa.text("UPDATE rate_limit SET at = at - interval '0.6 s'")))
    assert spend(units, CALL, limit, "me").is_granted


def test_several_connections_count_together(database: TestDatabase) -> None:
    sides = [Database(database.app, pool_size=4) for _ in range(2)]
    limit = Limit("shared", 50, 36_000)

    def ask(number: int) -> bool:
        try:
            return spend(Units(sides[number % 2]), CALL, limit, "me").is_granted
        except QuotaExceededError:
            return False

    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(ask, range(200)))
    for side in sides:
        side.close()
    assert sum(granted) == 50


def _sealed(units: Units, keyring: Keyring, subject: str, place: Place = PLACE) -> bytes:
    return units.run(CALL, lambda work: Vault(work.connection, keyring).seal(subject, place, b"secret"))


def _opened(units: Units, keyring: Keyring, sealed: bytes, place: Place = PLACE) -> bytes:
    return units.run(CALL, lambda work: Vault(work.connection, keyring).unseal(place, sealed))


def _enrolled(units: Units, keyring: Keyring) -> Keyring:
    units.run(CALL, lambda work: enrol(work.connection, keyring))
    return keyring


def test_a_value_opens_in_its_own_place_only(units: Units, keyring: Keyring) -> None:
    _enrolled(units, keyring)
    sealed = _sealed(units, keyring, "user:1")
    assert b"secret" not in sealed
    assert _opened(units, keyring, sealed) == b"secret"
    for place in (Place("account", "token", "row_2"), Place("account", "other", "row_1"), Place("x", "token", "row_1")):
        with pytest.raises(SealBrokenError, match="does not belong there"):
            _opened(units, keyring, sealed, place)
    for position in range(2, len(sealed)):
        with pytest.raises(SealBrokenError):
            _opened(units, keyring, sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :])
    with pytest.raises(SealBrokenError):
        _opened(units, keyring, sealed[:20])


def test_without_its_key_a_subject_s_data_is_gone(units: Units, keyring: Keyring) -> None:
    _enrolled(units, keyring)
    mine, yours = _sealed(units, keyring, "user:1"), _sealed(units, keyring, "user:2")
    assert units.run(CALL, lambda work: Vault(work.connection, keyring).destroy("user:1"))
    with pytest.raises(SealBrokenError, match="was destroyed"):
        _opened(units, keyring, mine)
    assert _opened(units, keyring, yours) == b"secret"


def test_keys_are_changed_while_values_are_read_and_written(units: Units, keyring: Keyring) -> None:
    _enrolled(units, keyring)
    both = Keyring({1: keyring._keys[1], 2: secrets.token_bytes(32)})
    kept = {f"user:{number}": _sealed(units, keyring, f"user:{number}") for number in range(250)}
    _enrolled(units, both)
    stop, opened = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            subject = secrets.choice(sorted(kept))
            opened.append(_opened(units, both, kept[subject]) == b"secret")
            opened.append(_opened(units, both, _sealed(units, both, f"new:{len(opened)}")) == b"secret")

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        while units.run(CALL, lambda work: Vault(work.connection, both).rewrap()):
            pass
        stop.set()
        for reader in readers:
            reader.result()
    assert len(opened) > 20
    assert all(opened)
    old = sa.select(sa.func.count()).select_from(data_key).where(data_key.c.kek_version == 1)
    assert units.run(CALL, lambda work: work.connection.execute(old).scalar_one()) == 0
    only_new = _enrolled(units, Keyring({2: both._keys[2]}))
    assert all(_opened(units, only_new, sealed) == b"secret" for sealed in kept.values())


def test_wrong_and_missing_keys_are_noticed_at_the_start(units: Units, keyring: Keyring) -> None:
    _enrolled(units, keyring)
    _sealed(units, keyring, "user:1")
    with pytest.raises(KeysError, match="version 1 is not the one that this database was used with"):
        _enrolled(units, Keyring({1: secrets.token_bytes(32)}))
    with pytest.raises(KeysError, match="version 1 is still needed"):
        _enrolled(units, Keyring({2: secrets.token_bytes(32)}))
