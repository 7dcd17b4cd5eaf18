"""Uploads whose parts go straight into the store: where each is put, how much has come, and when all has come, a blob.

What the store says has arrived is the truth. The whole is read once more from the store and verified before it becomes
visible; a completion that was cut off anywhere is asked for again.
"""

from cloud.blobs import receiving, rules, upload_store
from cloud.blobs.contracts import PartAddress, Upload
from cloud.blobs.errors import ContentMismatchError, NotDirectError, UploadBusyError
from cloud.blobs.operations.finish_upload import finish_upload, require_storable
from cloud.blobs.ports import Direct, Part
from cloud.foundation.calls import Call
from cloud.foundation.unit_of_work import Units


class DirectUploads:
    """Direct uploads of one process; without a store that takes parts there are none."""

    def __init__(self, units: Units, direct: Direct | None) -> None:
        self._units, self._direct = units, direct

    def part_bytes(self, length: int) -> int | None:
        """Return how large the parts of an upload are; None when it goes to its own address."""
        return rules.DIRECT_PART_BYTES if self._direct is not None and length > rules.DIRECT_PART_BYTES else None

    def offset(self, upload: Upload) -> int:
        """Return how much has arrived without a gap."""
        if self._direct is None or upload.store_id is None:
            return 0
        parts = self._direct.arrived(upload.id, upload.store_id)
        return _without_gap(parts) if parts else self._direct.size(upload.id) or 0

    def addresses(self, call: Call, upload: Upload, numbers: list[int]) -> list[PartAddress]:
        """Return where parts are put; raises NotDirectError (409), WrongOffsetError (409), StoreTroubleError (503)."""
        direct = self._require(upload)
        store_id = upload.store_id
        if store_id is None:
            made = direct.begin(upload.id)
            store_id = self._units.run(call, lambda work: upload_store.name_in_store(work, upload.id, made))
        return [
            PartAddress(number, direct.address(upload.id, store_id, number, rules.ADDRESS_LASTS)) for number in numbers
        ]

    def complete(self, call: Call, upload: Upload) -> None:
        """Verify what has arrived and make it a blob.

        Raises NotDirectError, WrongOffsetError and UploadBusyError (409), ExpiredError (410: ended meanwhile),
        ContentMismatchError (422), BeingRemovedError and StoreTroubleError (503).
        """
        if upload.completed_at is not None:
            return
        direct = self._require(upload)
        if upload.store_id is None:
            raise receiving.elsewhere(0)
        try:
            self._join(direct, upload, upload.store_id)
            self._verify(call, direct, upload, upload.store_id)
            self._units.run(call, lambda work: require_storable(work, upload))
            direct.keep(upload.id, upload.about.hash)
        except FileNotFoundError as error:
            raise UploadBusyError("Another request is completing this upload: ask again in a moment.") from error
        is_wanted = self._units.run(call, lambda work: finish_upload(work, upload))
        direct.forget(upload.id, upload.store_id)
        if not is_wanted:
            raise receiving.ended(upload)

    def end(self, upload: Upload) -> None:
        """Remove what has arrived of an upload; raises StoreTroubleError (503)."""
        if self._direct is not None and upload.store_id is not None:
            self._direct.forget(upload.id, upload.store_id)

    def _require(self, upload: Upload) -> Direct:
        if self._direct is None or self.part_bytes(upload.length) is None:
            raise NotDirectError("The parts of this upload go to its own address, by tus.")
        if upload.completed_at is not None:
            raise receiving.elsewhere(upload.length)
        return self._direct

    def _join(self, direct: Direct, upload: Upload, store_id: str) -> None:
        if direct.size(upload.id) is not None:  # it was joined, and not finished
            return
        parts = direct.arrived(upload.id, store_id)
        if _without_gap(parts) != upload.length or sum(part.size for part in parts.values()) != upload.length:
            raise receiving.elsewhere(_without_gap(parts))
        direct.join(upload.id, store_id, parts)

    def _verify(self, call: Call, direct: Direct, upload: Upload, store_id: str) -> None:
        is_right = direct.size(upload.id) == upload.length
        if not is_right or receiving.hash_over(direct.read(upload.id)) != upload.about.hash:
            self._units.run(call, lambda work: upload_store.remove(work, upload.id))
            direct.forget(upload.id, store_id)
            raise ContentMismatchError("What arrived has another hash than announced and was discarded: begin anew.")


def _without_gap(parts: dict[int, Part]) -> int:
    """Return up to which byte parts follow each other, all of them whole but for the last."""
    length = 0
    for number in range(1, len(parts) + 1):
        if number not in parts or length % rules.DIRECT_PART_BYTES:
            break
        length += parts[number].size
    return length
