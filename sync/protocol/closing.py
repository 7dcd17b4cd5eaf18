"""Why a room closes a socket, as WebSocket close codes. 4400 to 4499: trying again the same way is in vain."""

from enum import IntEnum


class CloseCode(IntEnum):
    """The codes of R-WS-4."""

    RESTART = 1012
    BAD_FRAME = 4400
    TICKET = 4401
    ROLE = 4403
    GONE = 4404
    SLOW = 4408
    EPOCH = 4409
    TOO_OLD = 4426
    RATE = 4429


_RETRY = "retry in "


def restart_reason(after_ms: int) -> str:
    """Return the reason that goes with RESTART: when to come back, different for each client."""
    return f"{_RETRY}{after_ms} ms"


def retry_after_ms(reason: str) -> int | None:
    """Return what a RESTART's reason says, None when it says nothing."""
    number = reason.removeprefix(_RETRY).removesuffix(" ms")
    return int(number) if reason.startswith(_RETRY) and number.isdecimal() else None
