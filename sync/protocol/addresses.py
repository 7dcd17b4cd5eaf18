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
        host, _port = parts.hostname or "", parts.port
        host.encode("idna")  # no part of it is empty or too long
    except ValueError:
        return False
    is_plain = text.isprintable() and not any(sign.isspace() for sign in text)
    if not host or not is_plain or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_local(host))
