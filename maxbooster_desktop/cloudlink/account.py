"""Who is signed in on this computer, and the calls that are made as them.

Every method but the properties may take long (a keyring that asks, a network): run them in a worker. The refresh token
is kept in the system's keyring where there is one that protects it, else in memory until the program ends, or, by
choice, in a file that a passphrase opens.
"""

import platform
import secrets
import threading
import webbrowser
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from maxbooster_desktop.cloudlink.errors import CloudTroubleError, told
from maxbooster_desktop.cloudlink.turn import turn
from sync.client.blobs import HttpBlobs
from sync.client.errors import AuthNeededError, CloudError
from sync.client.http import Wire
from sync.client.oauth import AuthorizationServer, DeviceCode, Tokens
from sync.client.projects import Projects
from sync.client.server_text import shown
from sync.client.session import Session
from sync.client.signing_in import sign_in_with_browser, sign_in_with_code
from sync.credentials.encrypted_file import EncryptedFile
from sync.credentials.store import MemoryStore, SecretStore
from sync.credentials.system_keyring import find_keyring

_INSTALLATION = "installation"
_LOCK, _KEPT = "sign-in.lock", "sign-in.secret"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who is signed in."""

    id: str
    name: str


class Account:
    """See the module.

    Attributes:
        address: of the cloud.
        changed: called, in whatever thread, when somebody signed in or out.
    """

    def __init__(
        self,
        address: str,
        folder: Path,
        find_store: Callable[[], SecretStore | None] = find_keyring,
        open_page: Callable[[str], bool] = webbrowser.open,
    ) -> None:
        self.address, self._folder = address.rstrip("/"), folder
        self._find_store, self._open_page = find_store, open_page
        self.changed: Callable[[], None] = lambda: None
        self._gate = threading.Lock()
        self._session: Session | None = None
        self._server: AuthorizationServer | None = None
        self._who: Who | None = None
        self._given_up = threading.Event()
        with told():
            self._wire = Wire(address, self.token, self.renew)
        self.projects = Projects(self._wire)
        self.blobs = HttpBlobs(self._wire)

    @property
    def who(self) -> Who | None:
        """Who is signed in, as far as is known without asking."""
        return self._who

    @property
    def page(self) -> str:
        """Where the account is looked after in a browser: devices, second factors, passkeys."""
        return f"{self.address}/account"

    def look(self) -> Who | None:
        """Find out who is signed in; None when nobody is. Raises CloudTroubleError without a network."""
        with told():
            try:
                account_id, name = self.projects.account()
                found = Who(account_id, shown(name))
            except AuthNeededError:
                found = None
        self._become(found)
        return found

    def sign_in(self) -> Who:
        """Let the person sign in with their browser. Raises CloudTroubleError."""
        return self._signed_in(lambda server, given_up: sign_in_with_browser(server, self._open_page, given_up))

    def sign_in_with_code(self, show: Callable[[DeviceCode], None]) -> Who:
        """Let the person sign in with a code on another device. Raises CloudTroubleError."""
        return self._signed_in(lambda server, given_up: sign_in_with_code(server, show, given_up))

    def give_up(self) -> None:
        """End a sign-in that is waiting for the person."""
        self._given_up.set()

    def keep_in_file(self, passphrase: str) -> None:
        """Keep the sign-in over the end of the program, in a file that the passphrase opens; open it if it is there.

        Raises:
            CloudTroubleError: the passphrase does not open the file.
        """
        with told():
            store = EncryptedFile(self._folder / _KEPT, passphrase)
            session = self._opened()
            if session.is_signed_in():
                assert self._server is not None
                store.write(_INSTALLATION, self._server.device)
                session.move_to(store)
            else:
                with self._gate:
                    self._session = None
                self._opened(store)

    @property
    def has_file(self) -> bool:
        """Whether a sign-in is kept in a file that waits for its passphrase."""
        return (self._folder / _KEPT).exists()

    @property
    def is_lasting(self) -> bool:
        """Whether the sign-in survives the program."""
        return self._session is not None and self._session.is_lasting

    def sign_out(self) -> None:
        """Forget the sign-in here and tell the cloud, which a missing network does not prevent."""
        try:
            with told():
                self._opened().end()
        except CloudTroubleError as error:
            if not isinstance(error.__cause__, CloudError):
                raise
        finally:
            self._become(None)

    def token(self) -> str | None:
        """Return what proves to the cloud who is signed in; None when nobody is. Raises CloudError."""
        return self._opened().token()

    def renew(self, refused: str) -> str | None:
        """Return a new token in place of one that was refused. Raises CloudError."""
        return self._opened().renew(refused)

    def close(self) -> None:
        """Close the connections."""
        self.give_up()
        self._wire.close()

    def _signed_in(self, ask: Callable[[AuthorizationServer, threading.Event], Tokens]) -> Who:
        self._given_up.clear()
        with told():
            session = self._opened()
            assert self._server is not None
            session.begin(ask(self._server, self._given_up))
        found = self.look()
        if found is None:
            raise CloudTroubleError("The cloud does not accept its own sign-in; try again.")
        return found

    def _become(self, who: Who | None) -> None:
        self._who, is_other = who, who != self._who
        if is_other:
            self.changed()

    def _opened(self, store: SecretStore | None = None) -> Session:
        with self._gate:
            if self._session is None:
                store = store or self._find_store() or MemoryStore()
                self._server = AuthorizationServer(self._wire, _installation(store), platform.node() or "Desktop")
                self._session = Session(self._server, store, self._turn)
            return self._session

    def _turn(self) -> AbstractContextManager[None]:
        return turn(self._folder / _LOCK)


def _installation(store: SecretStore) -> str:
    """Return the secret by which the cloud knows this installation again, made at the first time."""
    known = store.read(_INSTALLATION)
    if known is None:
        known = secrets.token_urlsafe(32)
        store.write(_INSTALLATION, known)
    return known
