"""What requests need that are about keys, second factors, sessions and tokens."""

import pyotp

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import grant_store, key_store, second_factors, session_store
from cloud.identity.grants import CLIENT_ID
from cloud.identity.tokens import digest
from tests.integration.cloud.fuzzing.needs.accounts import reset_member
from tests.integration.cloud.fuzzing.needs.wanted import OWNER, Needs, Wanted
from tests.integration.cloud.fuzzing.world import DAY, World, email_of

NEEDS = Needs()
_DEVICE = "d" * 32


def _add_key(work: UnitOfWork) -> str:
    about = {"name": "Robot", "scopes": ["account:read"], "networks": [], "expires_at": work.clock.now() + DAY}
    return key_store.add_key(work, OWNER, **about)[0].id


@NEEDS.of("restore_key")
def _found_key(_world: World, work: UnitOfWork) -> Wanted:
    key_id = _add_key(work)
    key_store.change_key(work, key_id, disabled_at=work.clock.now())
    return Wanted({"key_id": key_id})


@NEEDS.of("confirm_authenticator")
def _code(world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    secret, _ = second_factors.enrol(work, world.keyring, OWNER, email_of("member"))
    return Wanted(body={"code": pyotp.TOTP(secret).at(work.clock.now())})


@NEEDS.of("remove_authenticator", "renew_recovery_codes")
def _authenticator(world: World, work: UnitOfWork) -> Wanted:
    second_factors.enrol(work, world.keyring, OWNER, email_of("member"))
    second_factors.confirm(work, OWNER)
    return Wanted()


@NEEDS.of("end_session")
def _other_session(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"session_id": session_store.open_session(work, OWNER, "Other", ["pwd"])[0]})


@NEEDS.of("read_key", "revoke_key", "rotate_key")
def _key(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"key_id": _add_key(work)})


@NEEDS.of("create_key")
def _networks(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted(body={"networks": ["192.0.2.0/24"]})


@NEEDS.of("give_tokens")
def _refresh(_world: World, work: UnitOfWork) -> Wanted:
    token = _refresh_token(work)
    form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": token, "device": _DEVICE}
    return Wanted(body=form, is_whole=True)


@NEEDS.of("revoke_token")
def _revocable(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted(body={"token": _refresh_token(work)})


def _refresh_token(work: UnitOfWork) -> str:
    more = {"client_id": CLIENT_ID, "device_hash": digest(_DEVICE), "token_expires_at": work.clock.now() + DAY}
    session_id, _ = session_store.open_session(work, OWNER, "Desktop", ["pwd"], **more)
    return grant_store.add_refresh_token(work, session_id)
