"""What requests about an account need: its password, its address, that it is as it was."""

import sqlalchemy as sa

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import address_store, second_factors, session_store, store
from cloud.identity.contracts import EmailChange
from cloud.identity.tokens import new_token
from tests.integration.cloud.fuzzing.needs.wanted import GUEST, OWNER, Needs, Wanted
from tests.integration.cloud.fuzzing.world import DAY, HASH, PASSWORD, World, add_account, email_of, id_of

NEEDS = Needs()


def reset_member(work: UnitOfWork) -> None:
    """Give the member their account back as it was, without second factor; forget who guessed how often."""
    store.change_account(work, OWNER, password_hash=HASH, email=email_of("member"), deletion_at=None)
    work.connection.execute(sa.text("DELETE FROM email_undo"))
    second_factors.remove(work, OWNER)
    work.connection.execute(sa.text("DELETE FROM attempt_counter"))
    work.connection.execute(sa.text("DELETE FROM rate_limit"))


@NEEDS.of("confirm_registration")
def _unconfirmed(world: World, work: UnitOfWork) -> Wanted:
    account_id, token = add_account(work, f"half{world.number()}", state="unverified"), new_token()
    store.keep_token(work, account_id, "verify", token, work.clock.now() + DAY)
    return Wanted(body={"token": token})


@NEEDS.of("sign_in")
def _credentials(_world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    return Wanted(body={"email": email_of("member"), "password": PASSWORD}, is_whole=True)


@NEEDS.of("prove_again")
def _password(_world: World, work: UnitOfWork) -> Wanted:
    for role in ("member", "stranger", "support", "admin"):
        store.change_account(work, id_of(role), password_hash=HASH)
    reset_member(work)
    return Wanted(body={"password": PASSWORD}, is_whole=True)


@NEEDS.of("register", "change_password")
def _new_password(world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    return Wanted(body={"password": f"{PASSWORD} {world.number()}"})


@NEEDS.of("complete_reset")
def _reset_token(world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    token = new_token()
    store.keep_token(work, GUEST, "reset", token, work.clock.now() + DAY)
    return Wanted(body={"token": token, "password": f"{PASSWORD} {world.number()}"})


@NEEDS.of("confirm_email")
def _changed_address(world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    session_id, token = session_store.open_session(work, OWNER, "Here", ["pwd"])[0], new_token()
    address_store.keep_change(work, EmailChange(OWNER, session_id, f"other{world.number()}@example.org"), token)
    return Wanted(body={"token": token})


@NEEDS.of("put_email_back")
def _former_address(world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    token = new_token()
    address_store.keep_former(work, store.account_by_id(work, OWNER), token)
    return Wanted(body={"token": token, "password": f"{PASSWORD} {world.number()}"})


@NEEDS.of("request_reset", "change_email", "delete_account", "add_authenticator")
def _as_it_was(_world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    return Wanted()
