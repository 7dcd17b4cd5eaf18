"""What can go wrong with blobs on this side; each text is a sentence that a person reads.

BlobError
+-- DamagedBlobError    bytes are not what their name says, or cannot be read
"""


class BlobError(Exception):
    """Root of the errors of `sync.blobs`."""


class DamagedBlobError(BlobError):
    """Bytes that are not what they should be."""
