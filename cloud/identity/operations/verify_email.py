"""Confirm that an address belongs to whoever registered it."""

from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import store, workspace_store
from cloud.identity.contracts import Account


def verify_email(work: UnitOfWork, token: str) -> Account:
    """Make an account active, with a workspace of its own, by the token that was mailed; raises NotFoundError (404)."""
    policy = authorize(work.call.who, "account.verify", PLATFORM)
    account_id = store.token_owner(work, "verify", token)
    if not store.use_token(work, "verify", token):
        raise NotFoundError("This code was used at this moment.")
    store.change_account(work, account_id, state="active", verified_at=work.clock.now())
    owner = store.account_by_id(work, account_id)
    workspace_store.add(work, owner.name, owner.id, is_personal=True)
    before, after = {"state": "unverified"}, {"state": "active"}
    work.audit.write("account.verified", f"account:{account_id}", before=before, after=after, policy=policy)
    return owner
