"""The keyring of the desktop or operating system, if it is one that protects what it holds.

Backends are accepted by their class, never by priority or a configuration file: a plaintext backend that somebody
installed (keyrings.alt) is chosen by the library and not by us. Each call runs in a thread of its own and is waited
for with a limit, because a prompt or a bus may never answer.
"""

import importlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import keyring.errors

from sync.credentials.errors import StoreUnavailableError
from sync.credentials.store import check_length

T = TypeVar("T")
#: Long enough for a person to type the keyring's password.
PATIENCE_S = 60.0
SERVICE = "Max Booster"
#: In the order of preference; only one system has more than one.
ACCEPTED = (
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.libsecret", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)


class SystemKeyring:
    """Secrets in an accepted backend."""

    is_lasting = True

    def __init__(self, backend: Any, patience_s: float = PATIENCE_S) -> None:
        self._backend, self._patience_s = backend, patience_s

    def read(self, name: str) -> str | None:
        """Return a secret, None when there is none."""
        found: str | None = self._asked(lambda: self._backend.get_password(SERVICE, name))
        return found

    def write(self, name: str, secret: str) -> None:
        """Keep a secret in place of the one before."""
        check_length(secret)
        self._asked(lambda: self._backend.set_password(SERVICE, name, secret))

    def delete(self, name: str) -> None:
        """Forget a secret, if there is one."""
        if self.read(name) is not None:
            self._asked(lambda: self._backend.delete_password(SERVICE, name))

    def _asked(self, ask: Callable[[], T]) -> T:
        return _within(ask, self._patience_s)


def find_keyring(patience_s: float = PATIENCE_S) -> SystemKeyring | None:
    """Return the first accepted keyring that is there and answers, None without one."""
    for module, name in ACCEPTED:
        backend = _made(module, name)
        if backend is None:
            continue
        found = SystemKeyring(backend, patience_s)
        try:
            found.read("probe")
        except StoreUnavailableError:
            continue
        return found
    return None


def _made(module: str, name: str) -> Any | None:
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        return None
    return kind() if kind.viable else None


def _within(ask: Callable[[], T], patience_s: float) -> T:
    """Return what `ask` returns, run where it may hang without holding anybody up."""
    answers: list[T] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception as error:  # noqa: BLE001 - backends raise what their bus raises; it is told below
            failures.append(error)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(patience_s)
    if answers:
        return answers[0]
    if not failures:
        raise StoreUnavailableError("The keyring does not answer; unlock it, or sign in for this session only.")
    locked = isinstance(failures[0], keyring.errors.KeyringLocked)
    what = "is locked" if locked else f"refuses ({failures[0]})"
    raise StoreUnavailableError(f"The keyring {what}; unlock it, or sign in for this session only.") from failures[0]
