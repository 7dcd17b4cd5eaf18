"""What goes wrong with a request, in the words of whoever syncs (`sync/outbox/ports.py`)."""

from collections.abc import Callable
from typing import TypeVar

from sync.client import errors
from sync.outbox import ports

T = TypeVar("T")


def asked(ask: Callable[[], T], refusal: Callable[[errors.RefusedError], ports.TransportError]) -> T:
    """Return an answer; `refusal` says what it means that the cloud refuses."""
    try:
        return ask()
    except errors.UnreachableError as error:
        raise ports.UnreachableError(str(error)) from error
    except errors.AuthNeededError as error:
        raise ports.AuthNeededError(str(error)) from error
    except errors.ServerTroubleError as error:
        raise ports.ServerTroubleError(str(error), error.retry_after_s) from error
    except errors.RefusedError as error:
        raise refusal(error) from error
