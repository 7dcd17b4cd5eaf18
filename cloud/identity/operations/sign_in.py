"""Open a session."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import session_store
from cloud.identity.contracts import Opened
from cloud.identity.operations.delete_account import keep_account
from cloud.identity.proving import Proof, Prover


def sign_in(work: UnitOfWork, keyring: Keyring, prover: Prover, proof: Proof, label: str) -> Opened:
    """Open a session for a proven claim; a device that was not known gets a token to be known by.

    Raises CredentialsError, CodeNeededError, CodeError (401), EmailUnverifiedError (403).
    """
    policy = authorize(work.call.who, "session.create", PLATFORM)
    account, methods = prover.settle(work, proof)
    is_kept = keep_account(work, keyring, account)
    session_id, token = session_store.open_session(work, account.id, label, methods)
    device = session_store.know_device(work, account.id, proof.claim.device_token if proof.is_known_device else None)
    after = {"methods": methods, "account": account.id, "is_new_device": not proof.is_known_device}
    work.audit.write("session.opened", f"session:{session_id}", after=after, policy=policy)
    session = session_store.session(work, session_id)
    return Opened(session, token, None if proof.is_known_device else device, is_kept)
