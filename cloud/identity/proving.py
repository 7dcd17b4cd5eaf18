"""Proving who somebody is, in two halves: what is slow or must be counted first, then what belongs to the change.

`Prover.begin` counts the attempt, verifies the password with no unit of work open, counts a code. `settle` runs inside
the unit of the change (a session, a step-up): it judges, uses the code up, and takes the counted attempts back. So a
refused attempt stays counted though its unit is undone, and a code is used up only together with what it was for.
"""

import hmac
import secrets
from dataclasses import dataclass, field

from pydantic import SecretStr

from cloud.foundation.calls import Call
from cloud.foundation.encryption import Keyring
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.identity import mails, rules, second_factors, session_store, store, throttle
from cloud.identity.contracts import Account
from cloud.identity.errors import (
    AccountSuspendedError,
    CodeError,
    CodeNeededError,
    CredentialsError,
    EmailUnverifiedError,
)
from cloud.identity.passwords import Passwords, is_outdated
from cloud.identity.throttle import Attempt, Limits

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_MAILED_DIGITS = 10
_ATTEMPT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says to prove who they are.

    Attributes:
        network: salted hash of the part of the network that it comes from.
        device: token of a device that was used before.
        session: of whoever proves it once more.
        attempt: the attempt to sign in that the mailed code was asked for by.
    """

    email: str
    password: SecretStr
    network: str
    code: SecretStr | None = None
    device: SecretStr | None = None
    session: str | None = None
    attempt: SecretStr | None = None

    @property
    def device_token(self) -> str | None:
        """Return the device's token in the clear."""
        return self.device.get_secret_value() if self.device else None


@dataclass(slots=True)
class Proof:
    """What came of a claim before its unit of work.

    Attributes:
        needs_mailed_code: sign-ins fail so often that a new device is not let in by a password alone.
        new_hash: replaces an outdated one.
        asked_by: names this attempt, which a code was mailed for.
    """

    claim: Claim
    account: Account | None
    attempt: Attempt
    is_known_device: bool
    needs_code: bool
    needs_mailed_code: bool
    is_right: bool = False
    new_hash: str | None = None
    code_attempt: Attempt | None = field(default=None)
    asked_by: str | None = None


class Prover:
    """Judges claims."""

    def __init__(self, units: Units, keyring: Keyring, passwords: Passwords, limits: Limits) -> None:
        self._units, self._keyring, self._passwords = units, keyring, passwords
        self.limits = limits

    def masked(self, email: str) -> str:
        """Return what stands for an address in counters and in the audit."""
        return hmac.new(self._keyring.derived("address"), email.lower().encode(), "sha256").hexdigest()[:32]

    def begin(self, call: Call, claim: Claim) -> Proof:
        """Count and verify; raises TooManyAttemptsError (429) or HashingBusyError (503)."""
        proof = self._units.run(call, lambda work: self._counted(work, claim))
        password = claim.password.get_secret_value()
        fits = self._passwords.verify(proof.account.password_hash if proof.account else None, password)
        proof.is_right = fits and proof.account is not None
        if not proof.is_right:
            self._units.run(call, lambda work: self._note_refused(work, proof))
        elif proof.account is not None:
            if is_outdated(proof.account.password_hash):
                proof.new_hash = self._passwords.hash(password)
            account = proof.account
            self._units.run(call, lambda work: self._count_code(work, account, proof, self._name_of(call)))
        return proof

    def settle(self, work: UnitOfWork, proof: Proof) -> tuple[Account, list[str]]:
        """Return whose claim it is and what was proven.

        Raises CredentialsError, CodeNeededError, CodeError (401), EmailUnverifiedError, AccountSuspendedError (403).
        """
        if not proof.is_right or proof.account is None:
            raise CredentialsError
        account = store.account_by_id(work, proof.account.id, is_locked=True)
        if account.password_hash != proof.account.password_hash:
            raise CredentialsError  # it was changed since it was verified
        if account.state == "suspended":
            raise AccountSuspendedError
        if account.state != "active":
            raise EmailUnverifiedError("Confirm your address first, with the code that was mailed to you.")
        methods = ["pwd", *self._second(work, account, proof)]
        throttle.succeed(work, proof.attempt)
        if proof.code_attempt is not None:
            throttle.succeed(work, proof.code_attempt)
        if proof.new_hash is not None:
            store.change_account(work, account.id, password_hash=proof.new_hash)
            work.audit.write("password.hash_upgraded", f"account:{account.id}")
        return account, methods

    def _counted(self, work: UnitOfWork, claim: Claim) -> Proof:
        account = store.account_by_email(work, claim.email)
        account_id = account.id if account else ""
        is_known = session_store.is_known_device(work, account_id, claim.device_token)
        has_code = second_factors.is_enabled(work, account_id)
        subject = self.masked(claim.email)
        if claim.session is not None:
            subject = claim.session
        elif is_known and claim.device_token is not None:
            subject = f"{account_id}:{self.masked(claim.device_token)}"
        network = [(self.limits.minute, claim.network), (self.limits.day, claim.network)]
        attempt = throttle.begin(work, [(self.limits.account, subject), *network])
        is_unsafe = throttle.is_alarming(work, self.limits) and not is_known and claim.session is None
        return Proof(claim, account, attempt, is_known, has_code, is_unsafe and not has_code)

    def _note_refused(self, work: UnitOfWork, proof: Proof) -> None:
        throttle.note_failure(work)
        work.audit.write("sign_in.refused", f"address:{self.masked(proof.claim.email)}")

    def _name_of(self, call: Call) -> str:
        """Return what names the attempt of a call: a repeated request is the same one, as it gets the first reply."""
        if call.idempotency_key is None:
            return secrets.token_hex(_ATTEMPT_BYTES)
        key = self._keyring.derived("attempts", min(self._keyring.versions))
        request = f"{call.scope}\0{call.idempotency_key}\0".encode() + call.fingerprint
        return hmac.new(key, request, "sha256").hexdigest()[: 2 * _ATTEMPT_BYTES]

    def _count_code(self, work: UnitOfWork, account: Account, proof: Proof, name: str) -> None:
        """Count the try of a code, or mail one where it is needed."""
        if not (proof.needs_code or proof.needs_mailed_code):
            return
        if proof.claim.code is not None:
            proof.code_attempt = throttle.begin(work, [(self.limits.code, account.id)])
            return
        throttle.succeed(work, proof.attempt)  # half-way in is no failure
        if proof.needs_mailed_code:
            throttle.begin(work, [(self.limits.code, f"mail:{account.id}")])
            code = "".join(secrets.choice(_DIGITS) for _ in range(_MAILED_DIGITS))
            proof.asked_by = name
            until = work.clock.now() + rules.MAILED_CODE_LASTS
            store.keep_token(work, account.id, "sign-in", _bound(account, name, code), until)
            mails.send(work, self._keyring, account, mails.sign_in_code(code))
            work.audit.write("sign_in.code_mailed", f"account:{account.id}")

    def _second(self, work: UnitOfWork, account: Account, proof: Proof) -> list[str]:
        needs_code = second_factors.is_enabled(work, account.id)
        if not needs_code and not proof.needs_mailed_code:
            return []
        if proof.claim.code is None:
            where = "your authenticator shows" if needs_code else "was mailed to you"
            more = {"attempt": proof.asked_by} if proof.asked_by else {}
            raise CodeNeededError(f"Send the code that {where}, too.", more=more)
        code = proof.claim.code.get_secret_value()
        if not needs_code:
            return self._mailed(work, account, proof.claim.attempt, code)
        if second_factors.use_code(work, self._keyring, account.id, code):
            return ["otp"]
        if not second_factors.use_recovery_code(work, account.id, code):
            raise CodeError
        left = second_factors.recovery_codes_left(work, account.id)
        mails.send(work, self._keyring, account, mails.notice(f"A recovery code was used; {left} are left"))
        work.audit.write("recovery_code.used", f"account:{account.id}", after={"left": left})
        return ["recovery"]

    def _mailed(self, work: UnitOfWork, account: Account, attempt: SecretStr | None, code: str) -> list[str]:
        asked_by = attempt.get_secret_value() if attempt else ""
        if not store.use_token(work, "sign-in", _bound(account, asked_by, code.strip().lower())):
            raise CodeError
        return ["mail"]


def _bound(account: Account, asked_by: str, code: str) -> str:
    """Return a mailed code with the one attempt that it counts for."""
    return f"{account.id}:{asked_by}:{code}"
