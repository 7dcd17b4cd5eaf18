"""Blobs' own ways to fail; the statuses of an upload are those of tus 1.0."""

from cloud.foundation.problems import ProblemError, ProblemType

STORAGE_QUOTA = ProblemType("storage-quota", 403, "Your storage is used up")
WRONG_OFFSET = ProblemType("upload-offset", 409, "The upload goes on somewhere else")
UPLOAD_BUSY = ProblemType("upload-busy", 409, "The upload is being written to")
NOT_DIRECT = ProblemType("upload-not-direct", 409, "The upload does not go straight into the store")
EXPIRED = ProblemType("upload-expired", 410, "The upload took too long")
TUS_VERSION = ProblemType("tus-version", 412, "Another version of the upload protocol")
BLOB_TOO_LARGE = ProblemType("blob-too-large", 413, "The blob is larger than announced or allowed")
CHUNK_MEDIA_TYPE = ProblemType("chunk-media-type", 415, "Send application/offset+octet-stream")
RANGE = ProblemType("range", 416, "The blob has no such part")
CONTENT = ProblemType("content-mismatch", 422, "What arrived is not what was announced")
CHECKSUM = ProblemType("checksum", 460, "The part was damaged on its way")
DISK_FULL = ProblemType("disk-full", 507, "There is no room at the moment")


class WrongOffsetError(ProblemError):
    """A part begins where the upload does not go on; nothing was changed."""

    problem = WRONG_OFFSET


class UploadBusyError(ProblemError):
    """Another request is writing to the upload."""

    problem = UPLOAD_BUSY


class NotDirectError(ProblemError):
    """Parts of this upload go to its own address."""

    problem = NOT_DIRECT


class ExpiredError(ProblemError):
    """The upload is over: it has to begin anew."""

    problem = EXPIRED


class TusVersionError(ProblemError):
    """The client speaks another version of tus."""

    problem = TUS_VERSION


class BlobTooLargeError(ProblemError):
    """More bytes than announced, or announced more than is taken."""

    problem = BLOB_TOO_LARGE


class ChunkMediaTypeError(ProblemError):
    """A part has another content type."""

    problem = CHUNK_MEDIA_TYPE


class RangeError(ProblemError):
    """A range begins behind the end."""

    problem = RANGE


class ContentMismatchError(ProblemError):
    """All bytes are there and their hash is another: the upload is discarded."""

    problem = CONTENT


class ChecksumError(ProblemError):
    """A part has another checksum than its header says; it is discarded."""

    problem = CHECKSUM


class DiskFullError(ProblemError):
    """The disk or the store takes no more; what arrived is kept."""

    problem = DISK_FULL


class StorageQuotaError(ProblemError):
    """The account may not store that much."""

    problem = STORAGE_QUOTA
