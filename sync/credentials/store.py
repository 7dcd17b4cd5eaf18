"""What a store of secrets is, and the one that forgets: it keeps them until the program ends."""

import threading
from typing import Protocol

#: A Windows credential holds 2,560 bytes in UTF-16. Opaque tokens are far shorter; what is longer does not belong here.
LONGEST_SECRET = 512


class SecretStore(Protocol):
    """Secrets by name; every method raises CredentialError and may take long."""

    @property
    def is_lasting(self) -> bool:
        """Return whether secrets are still there after the program has ended."""
        ...

    def read(self, name: str) -> str | None:
        """Return a secret, None when there is none."""
        ...

    def write(self, name: str, secret: str) -> None:
        """Keep a secret in place of the one before; it is kept when this returns."""
        ...

    def delete(self, name: str) -> None:
        """Forget a secret, if there is one."""
        ...


class MemoryStore:
    """Secrets of this session only."""

    is_lasting = False

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._gate = threading.Lock()

    def read(self, name: str) -> str | None:
        """Return a secret, None when there is none."""
        with self._gate:
            return self._secrets.get(name)

    def write(self, name: str, secret: str) -> None:
        """Keep a secret in place of the one before."""
        with self._gate:
            self._secrets[name] = secret

    def delete(self, name: str) -> None:
        """Forget a secret, if there is one."""
        with self._gate:
            self._secrets.pop(name, None)


def check_length(secret: str) -> None:
    """Refuse what is too long to be one of our secrets: a program's mistake, not a person's."""
    if len(secret) > LONGEST_SECRET:
        raise ValueError(f"a secret of {len(secret)} characters is no opaque token")
