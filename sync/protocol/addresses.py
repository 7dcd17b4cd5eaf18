"""Which addresses a cloud may have: HTTPS, or this machine, so that a token never goes over a network in the clear."""

from urllib.parse import urlsplit

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def is_local(host: str | None) -> bool:
    """Return whether a host name means this machine."""
    return host in _LOCAL


def is_safe_address(text: str) -> bool:
    """Return whether `text` is the address of a cloud that a token may be sent to."""
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    has_extras = (
        parts.query
        or parts.fragment
        or parts.username
        or any(sign.isspace() or not sign.isprintable() for sign in text)
    )
    if not host or has_extras:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_local(host))
