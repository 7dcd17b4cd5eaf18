"""Make an upload that is whole and verified a blob: first ask whether it may be stored, then note that it is.

Between the two the object is put into the store. Removing one begins under the lock on its row and is done before the
row is gone, so that what is put here is never removed by a removal that began before.
"""

from cloud.blobs import store, upload_store
from cloud.blobs.contracts import Upload
from cloud.foundation.problems import UNAVAILABLE, ProblemError
from cloud.foundation.unit_of_work import UnitOfWork


class BeingRemovedError(ProblemError):
    """The same content is being removed from the store at this moment."""

    problem = UNAVAILABLE


def require_storable(work: UnitOfWork, upload: Upload) -> None:
    """Wait for whoever decides about the blob's removal; raises BeingRemovedError (503) when it is going."""
    if store.locked(work, upload.about.hash):
        raise BeingRemovedError(
            "The same content is just being removed: send an empty part in a moment.", headers={"Retry-After": "1"}
        )


def finish_upload(work: UnitOfWork, upload: Upload) -> bool:
    """Note that the blob is stored and whose it is; return whether its upload has not ended meanwhile.

    What was stored for one that has ended is noted as needed by nobody: it goes. Raises BeingRemovedError (503).
    """
    require_storable(work, upload)
    if not upload_store.complete(work, upload.id):
        store.put_unneeded(work, upload.about.hash, upload.length)
        return False
    store.put_blob(work, upload.about.hash, upload.length)
    store.put_holding(work, upload.account_id, upload.about)
    after = {**upload.about.audited(), "size": upload.length}
    work.audit.write("blob.stored", f"blob:{upload.about.hash}", after=after)
    return True
