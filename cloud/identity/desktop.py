"""Another part of identity's facade: the desktop's sign-in, an authorization server for this one client.

Codes and tokens come out of the methods in the clear and are kept nowhere but as hashes.
"""

from cloud.foundation.calls import Call
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import throttle
from cloud.identity.core import Core, Verb
from cloud.identity.grants import DesktopRequest, DeviceCode, Refusal, Tokens, WaitingDevice, folded_user_code
from cloud.identity.operations.allow_desktop import allow_desktop, decide_device, find_device
from cloud.identity.operations.give_tokens import begin_device, exchange_code, poll_device
from cloud.identity.operations.refresh_session import refresh_session, revoke_token


class Desktop:
    """Lets desktops in."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._keyring = core.keyring

    def allow(self, wish: DesktopRequest) -> Verb[str]:
        """Allow a desktop what it asks for; the result is its code."""
        return lambda work: allow_desktop(work, wish)

    def device(self, call: Call, user_code: str) -> WaitingDevice:
        """Return the device that shows a code; raises NotFoundError (404), TooManyAttemptsError (429)."""
        attempt = self._counted(call)

        def find(work: UnitOfWork) -> WaitingDevice:
            found = find_device(work, self._keyring, folded_user_code(user_code))
            throttle.succeed(work, attempt)
            return found

        return self._core.run(call, find)

    def decide(self, call: Call, user_code: str, *, is_allowed: bool) -> Verb[WaitingDevice]:
        """Let the device that shows a code in, or not; raises TooManyAttemptsError (429)."""
        attempt = self._counted(call)

        def decide(work: UnitOfWork) -> WaitingDevice:
            decided = decide_device(work, self._keyring, folded_user_code(user_code), is_allowed=is_allowed)
            throttle.succeed(work, attempt)
            return decided

        return decide

    def begin(self, *, device: str, label: str) -> Verb[DeviceCode]:
        """Give a device without a browser its codes."""
        return lambda work: begin_device(work, self._keyring, device=device, label=label)

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> Verb[Tokens | Refusal]:
        """Give tokens for a code."""
        return lambda work: exchange_code(work, code, verifier, redirect_uri)

    def poll(self, device_code: str) -> Verb[Tokens | Refusal]:
        """Give tokens to a device when a person has allowed it."""
        return lambda work: poll_device(work, device_code)

    def refresh(self, token: str, device: str) -> Verb[Tokens | Refusal]:
        """Give new tokens for a refresh token."""
        return lambda work: refresh_session(work, self._keyring, token, device)

    def revoke(self, token: str) -> Verb[None]:
        """End the sign-in that a token belongs to."""
        return lambda work: revoke_token(work, token)

    def _counted(self, call: Call) -> throttle.Attempt:
        counter = (self._core.limits.code, f"device:{call.who.id}")
        return self._core.run(call, lambda work: throttle.begin(work, [counter]))
