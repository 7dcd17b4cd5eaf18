"""Stop a key that was found where others read it, whoever says so; an admin may put it in force again for a day."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import PLATFORM, Resource, authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, mails, rules, store, tokens
from cloud.identity.contracts import ApiKey
from cloud.identity.operations.step_up import require_fresh


def disable_leaked_key(work: UnitOfWork, keyring: Keyring, text: str) -> None:
    """Let a key open nothing any more and tell its owner; what is no key of ours changes nothing."""
    policy = authorize(work.call.who, "key.report", PLATFORM)
    found = key_store.live_key(work, text) if tokens.is_api_key(text) else None
    if found is None:
        return
    key_store.change_key(work, found.id, disabled_at=work.clock.now())
    owner = store.account_by_id(work, found.account_id)
    mails.send(work, keyring, owner, mails.key_found(work.call.address, found.name, found.last_four))
    work.audit.write("key.disabled", f"key:{found.id}", before=found.audited(), policy=policy)


def restore_key(work: UnitOfWork, keyring: Keyring, key_id: str) -> ApiKey:
    """Put a key in force again that was reported within the last day; its owner is told.

    Raises ForbiddenError, StepUpNeededError (403), NotFoundError (404), ConflictError (409: in force, or too late).
    """
    # Whoever may not do this does not learn which keys there are.
    policy = authorize(work.call.who, "key.restore", Resource("ApiKey", key_id, {"owner": ""}))
    require_fresh(work)
    key = key_store.key(work, key_id, is_locked=True)
    if key.disabled_at is None:
        raise ConflictError("This key is in force.")
    if work.clock.now() - key.disabled_at >= rules.KEY_RESTORED_WITHIN:
        raise ConflictError("This key was reported more than a day ago: its owner makes a new one.")
    key_store.change_key(work, key.id, disabled_at=None)
    owner = store.account_by_id(work, key.account_id)
    mails.send(work, keyring, owner, mails.notice(f"The key “{key.name}” is in force again"))
    work.audit.write("key.restored", f"key:{key.id}", policy=policy)
    return key_store.key(work, key.id)
