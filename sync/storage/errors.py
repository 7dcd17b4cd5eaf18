"""What can go wrong with a database on this machine; each text is a sentence that a person reads.

StorageError               a newer program wrote it
+-- StorageRefusedError    the disk takes nothing (full, unwritable): the change was not made
"""


class StorageError(Exception):
    """The database cannot be used."""


class StorageRefusedError(StorageError):
    """The database cannot be written."""
