"""What can go wrong with a shared document.

DocumentError
+-- WrongThreadError      the document belongs to one thread
+-- RefusedKeyError       a key that the grammar does not know
+-- RefusedValueError     a value that must not reach the library
+-- PanickedError         the library gave up over what it holds
+-- RefusedUpdateError    bytes that are no update
    +-- HalfAppliedError  found out while they were applied: the document may hold a part of them
"""


class DocumentError(Exception):
    """Root of the errors of `sync.document`."""


class WrongThreadError(DocumentError):
    """A document was used by a thread that does not own it."""


class RefusedKeyError(DocumentError):
    """A root or key outside the grammar."""


class RefusedValueError(DocumentError):
    """A value that a register cannot hold."""


class PanickedError(DocumentError):
    """The library gave up over a document that it holds: this copy is of no use any more; make another."""


class RefusedUpdateError(DocumentError):
    """Bytes that are not an update of a document."""


class HalfAppliedError(RefusedUpdateError):
    """Bytes that turned out to be no update when a part of them may have been applied."""
