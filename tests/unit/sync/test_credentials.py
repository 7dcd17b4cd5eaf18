"""Secrets: which keyrings are accepted, what a locked or silent one leads to, the file that a passphrase opens."""

import json
import stat
import threading

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from sync.credentials import system_keyring
from sync.credentials.encrypted_file import EncryptedFile
from sync.credentials.errors import StoreUnavailableError, WrongPassphraseError
from sync.credentials.store import LONGEST_SECRET, MemoryStore
from sync.credentials.system_keyring import SystemKeyring, find_keyring


class PlaintextKeyring(KeyringBackend):
    """What somebody installed: the library prefers it to everything else."""

    priority = 1000

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class LockedKeyring(PlaintextKeyring):
    """One that nobody unlocks."""

    priority = 0.1

    def get_password(self, service, username):
        raise keyring.errors.KeyringLocked("no prompt")


class SilentKeyring(PlaintextKeyring):
    """One whose bus does not answer."""

    priority = 0.1

    def __init__(self):
        super().__init__()
        self.answers = threading.Event()

    def get_password(self, service, username):
        self.answers.wait()


@pytest.fixture
def library_chooses_plaintext():
    before = keyring.get_keyring()
    keyring.set_keyring(PlaintextKeyring())
    yield
    keyring.set_keyring(before)
    KeyringBackend._classes.difference_update({PlaintextKeyring, LockedKeyring, SilentKeyring})


def test_a_plaintext_keyring_is_never_chosen(library_chooses_plaintext):
    assert isinstance(keyring.get_keyring(), PlaintextKeyring)
    found = find_keyring(patience_s=5)
    assert found is None or type(found._backend).__module__ in {module for module, _ in system_keyring.ACCEPTED}


def test_an_accepted_keyring_keeps_secrets(monkeypatch):
    monkeypatch.setattr(system_keyring, "ACCEPTED", ((__name__, "PlaintextKeyring"),))
    store = find_keyring()
    assert store is not None
    assert store.is_lasting
    store.write("refresh-token", "abc")
    assert store.read("refresh-token") == "abc"
    store.delete("refresh-token")
    store.delete("refresh-token")
    assert store.read("refresh-token") is None


def test_a_locked_keyring_says_what_to_do_and_is_passed_over(monkeypatch):
    with pytest.raises(StoreUnavailableError, match="is locked; unlock it"):
        SystemKeyring(LockedKeyring()).read("refresh-token")
    monkeypatch.setattr(system_keyring, "ACCEPTED", ((__name__, "LockedKeyring"),))
    assert find_keyring() is None


def test_a_keyring_that_does_not_answer_holds_nobody_up():
    backend = SilentKeyring()
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        SystemKeyring(backend, patience_s=0.05).read("refresh-token")
    backend.answers.set()


def test_memory_forgets_nothing_while_it_lives():
    store = MemoryStore()
    store.write("a", "1")
    assert (store.read("a"), store.read("b"), store.is_lasting) == ("1", None, False)
    store.delete("a")
    assert store.read("a") is None


def test_a_file_opens_with_its_passphrase_only(tmp_path):
    path = tmp_path / "sign-in"
    EncryptedFile(path, "grey herons").write("refresh-token", "secret-of-mine")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"secret-of-mine" not in path.read_bytes()
    assert EncryptedFile(path, "grey herons").read("refresh-token") == "secret-of-mine"
    with pytest.raises(WrongPassphraseError, match="does not open"):
        EncryptedFile(path, "white herons")


@pytest.mark.parametrize("part", ["salt", "nonce", "box"])
def test_a_changed_file_does_not_open(tmp_path, part):
    path = tmp_path / "sign-in"
    EncryptedFile(path, "grey herons").write("refresh-token", "secret")
    found = json.loads(path.read_text())
    found[part] = ("B" if found[part][0] == "A" else "A") + found[part][1:]
    path.write_text(json.dumps(found))
    with pytest.raises(WrongPassphraseError):
        EncryptedFile(path, "grey herons")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"format": 2}', b"\x00\xff"])
def test_what_is_no_file_of_ours_is_told(tmp_path, text):
    path = tmp_path / "sign-in"
    path.write_bytes(text)
    with pytest.raises(WrongPassphraseError):
        EncryptedFile(path, "grey herons")


def test_another_process_sees_what_was_written(tmp_path):
    path = tmp_path / "sign-in"
    one = EncryptedFile(path, "grey herons")
    one.write("refresh-token", "first")
    other = EncryptedFile(path, "grey herons")
    one.write("refresh-token", "second")
    assert other.read("refresh-token") == "second"
    other.delete("refresh-token")
    assert one.read("refresh-token") is None


def test_a_document_is_no_secret(tmp_path):
    with pytest.raises(ValueError, match="no opaque token"):
        EncryptedFile(tmp_path / "sign-in", "grey herons").write("token", "x" * (LONGEST_SECRET + 1))
