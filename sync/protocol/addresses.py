"""Which addresses a cloud may have and may name: HTTPS, or this machine; nothing crosses a network in the clear."""

from urllib.parse import SplitResult, urlsplit

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"http": 80, "https": 443}


def is_local(host: str | None) -> bool:
    """Return whether a host name means this machine."""
    return host in _LOCAL


def is_safe_address(text: str) -> bool:
    """Return whether `text` is the address of a cloud that a token may be sent to."""
    parts = _safe_parts(text)
    return parts is not None and not parts.query and not parts.fragment


def may_name(cloud: str, text: str) -> bool:
    """Return whether a cloud may name `text` as where bytes lie: this machine only if the cloud is here itself."""
    parts = _safe_parts(text)
    return parts is not None and (not is_local(parts.hostname) or is_local(urlsplit(cloud).hostname))


def is_same_origin(cloud: str, text: str) -> bool:
    """Return whether `text` is an address at a cloud: of its scheme, host and port."""
    parts = _safe_parts(text)
    return parts is not None and _origin(parts) == _origin(urlsplit(cloud))


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _safe_parts(text: str) -> SplitResult | None:
    """Return the parts of an address that says nothing in the clear and names nobody; None for any other."""
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
        host.encode("idna")  # no part of it is empty or too long
    except ValueError:
        return None
    is_plain = text.isprintable() and not any(sign.isspace() or sign == "\\" for sign in text)
    if not host or not is_plain or "@" in parts.netloc:
        return None
    return parts if parts.scheme == "https" or (parts.scheme == "http" and is_local(host)) else None
