"""Who is signed in: an access token in memory, the refresh token in a store of secrets, renewed by one at a time.

A refresh token works once. So: one refresh at a time in this process (`_gate`) and on this machine (`turn`, a lock
between processes); the store is read inside it, for another process may have a newer token there; the new one is
written before it is used; and a refusal reads the store once more before it counts as the end of the sign-in.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from sync.client.errors import RefusedError
from sync.client.oauth import AuthorizationServer, Tokens
from sync.credentials.store import SecretStore

REFRESH_TOKEN = "refresh-token"  # noqa: S105 - the secret's name
#: An access token is renewed so long before it ends, that a request under way does not meet its end.
_EARLY_S = 30.0
_ENDED = "invalid_grant"


class Session:
    """See the module; any thread may use it, and every call may take long."""

    def __init__(
        self,
        server: AuthorizationServer,
        store: SecretStore,
        turn: Callable[[], AbstractContextManager[object]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server, self._store, self._turn, self._clock = server, store, turn, clock
        self._gate = threading.Lock()
        self._access: str | None = None
        self._until = 0.0

    @property
    def is_lasting(self) -> bool:
        """Return whether the sign-in survives the program."""
        return self._store.is_lasting

    def begin(self, tokens: Tokens) -> None:
        """Take over what a sign-in brought."""
        with self._gate, self._turn():
            self._keep(tokens)

    def move_to(self, store: SecretStore) -> None:
        """Keep the sign-in in another store from now on, and nowhere else."""
        with self._gate, self._turn():
            token = self._store.read(REFRESH_TOKEN)
            if token is not None:
                store.write(REFRESH_TOKEN, token)
                self._store.delete(REFRESH_TOKEN)
            self._store = store

    def is_signed_in(self) -> bool:
        """Return whether there is a sign-in, without asking the cloud."""
        return self._store.read(REFRESH_TOKEN) is not None

    def token(self) -> str | None:
        """Return an access token that works, as far as is known here; None when nobody is signed in.

        Raises:
            CloudError: a new one was needed and the cloud could not be asked.
        """
        with self._gate:
            if self._access is not None and self._clock() < self._until:
                return self._access
            return self._renewed()

    def renew(self, refused: str) -> str | None:
        """Return another token than one that was refused, None when the sign-in has ended; raises CloudError."""
        with self._gate:
            if self._access == refused:
                self._access = None
            return self._access or self._renewed()

    def end(self) -> None:
        """Sign out: forget everything here, then tell the cloud, which a missing network does not prevent."""
        with self._gate, self._turn():
            token = self._store.read(REFRESH_TOKEN)
            self._access = None
            self._store.delete(REFRESH_TOKEN)
        if token is not None:
            self._server.revoke(token)

    def _renewed(self) -> str | None:
        with self._turn():
            token = self._store.read(REFRESH_TOKEN)
            while token is not None:
                try:
                    self._keep(self._server.refresh(token))
                except RefusedError as refused:
                    if refused.code != _ENDED:
                        raise
                    tried, token = token, self._store.read(REFRESH_TOKEN)
                    if token == tried:
                        self._store.delete(REFRESH_TOKEN)
                        token = None
                else:
                    return self._access
        self._access = None
        return None

    def _keep(self, tokens: Tokens) -> None:
        # Written before it is used: a crash in between leaves a token that works.
        self._store.write(REFRESH_TOKEN, tokens.refresh)
        self._access = tokens.access
        self._until = self._clock() + max(0.0, tokens.lasts_s - _EARLY_S)
