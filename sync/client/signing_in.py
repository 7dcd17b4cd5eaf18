"""The two ways in: the system's browser with PKCE, and a code typed on another device.

Both block until the person has decided: run them in a worker. Setting `given_up` ends them soon.
"""

import secrets
import threading
from collections.abc import Callable

from sync.client.errors import RefusedError, ServerTroubleError, SignInError, UnreachableError
from sync.client.loopback import WAITS_S, Loopback
from sync.client.oauth import AuthorizationServer, DeviceCode, Proof, Tokens, clamped_interval_s
from sync.client.server_text import shown

_SLOWER_S = 5.0
_LONGEST_CODE = 60


def sign_in_with_browser(
    server: AuthorizationServer,
    open_page: Callable[[str], bool],
    given_up: threading.Event,
    waits_s: float = WAITS_S,
) -> Tokens:
    """Let the person allow this program in their browser; return its tokens.

    Raises:
        SignInError: no browser, refused, given up, or an answer that is not to our question.
        CloudError: the cloud is not there, or the code could not be exchanged.
    """
    server.greet()
    state, proof = secrets.token_urlsafe(32), Proof.made()
    with Loopback(state, waits_s) as loopback:
        if not open_page(server.page(loopback.redirect_uri, state, proof)):
            raise SignInError("No browser could be opened; sign in with a code instead.")
        answer = loopback.wait(given_up)
        redirect_uri = loopback.redirect_uri
    if answer.issuer != server.issuer:
        raise SignInError("The answer came from another server than the one that was asked; nothing was signed in.")
    if answer.error:
        raise SignInError(_refusal(answer.error))
    return server.exchange(answer.code, proof, redirect_uri)


def sign_in_with_code(
    server: AuthorizationServer, show: Callable[[DeviceCode], None], given_up: threading.Event
) -> Tokens:
    """Show a code for another device, and return the tokens when the person has allowed it there.

    Raises:
        SignInError: refused, too late, or given up; a new code is never asked for by itself.
    """
    code = server.begin_device()
    show(code)
    interval_s, waited_s = code.interval_s, 0.0
    while waited_s < code.lasts_s:
        if given_up.wait(interval_s):
            raise SignInError("The sign-in was given up.")
        waited_s += interval_s
        try:
            return server.poll_device(code.device_code)
        except RefusedError as refused:
            if refused.code == "slow_down":
                interval_s = clamped_interval_s(interval_s + _SLOWER_S)
            elif refused.code != "authorization_pending":
                raise SignInError(_refusal(refused.code)) from refused
        except (UnreachableError, ServerTroubleError):
            # RFC 8628, 3.5: back off and go on, the code lives as long as it lives.
            interval_s = clamped_interval_s(2 * interval_s)
    raise SignInError(_refusal("expired_token"))


def _refusal(error: str) -> str:
    known = {
        "access_denied": "The sign-in was refused in the browser.",
        "expired_token": "Nobody allowed the sign-in in time; start again for a new code.",
    }
    return known.get(error, f"The cloud refused the sign-in ({shown(error)[:_LONGEST_CODE]}); start again.")
