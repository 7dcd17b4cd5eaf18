"""What can be wrong with a message.

ProtocolError
+-- MalformedError    the bytes are no message
"""


class ProtocolError(Exception):
    """Root of the errors of `sync.protocol`."""


class MalformedError(ProtocolError):
    """Bytes that are no message."""
