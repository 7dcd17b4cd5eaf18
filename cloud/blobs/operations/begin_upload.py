"""Begin to upload a blob."""

from cloud.blobs import rules, store, upload_store
from cloud.blobs.contracts import About, Upload, storage_of
from cloud.blobs.errors import StorageQuotaError
from cloud.foundation.policy import authorize
from cloud.foundation.unit_of_work import UnitOfWork


def begin_upload(work: UnitOfWork, about: About, length: int, quota_bytes: int) -> Upload:
    """Note what will arrive.

    Whether others have stored the same content is not said: all of it has to be sent by whoever does not hold it.

    Raises UnauthenticatedError (401), ForbiddenError (403), StorageQuotaError (403).
    """
    account_id = rules.account_of(work.call.who)
    authorize(work.call.who, "blob.upload", storage_of(account_id))
    upload_store.take_turn(work, account_id)
    used = store.used_bytes(work, account_id)
    if used + length > quota_bytes:
        raise StorageQuotaError(
            f"You have stored {used:,} of {quota_bytes:,} bytes and this takes {length:,}: remove what you do not need."
        )
    return upload_store.add(work, account_id, about, length)
