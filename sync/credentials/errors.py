"""What can be wrong with a store of secrets.

CredentialError
+-- StoreUnavailableError    it is locked, gone, or does not answer
+-- WrongPassphraseError     the passphrase does not open the file
"""


class CredentialError(Exception):
    """Root of the errors of `sync.credentials`; its text is a sentence for people."""


class StoreUnavailableError(CredentialError):
    """Secrets cannot be read or written now."""


class WrongPassphraseError(CredentialError):
    """The passphrase is another one, or the file is not what was written."""
