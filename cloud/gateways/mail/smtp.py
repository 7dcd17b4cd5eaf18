"""Mail through a server (RFC 5321): with TLS from the start (`smtps`), or before the credentials (STARTTLS).

A message carries the same Message-ID when it is sent again, so that servers and readers know it. Credentials never go
over a connection without TLS, but to this machine. What the server refuses is tried again as any job is.
"""

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from cloud.foundation.errors import OperatorError
from cloud.gateways.mail.messages import message_of
from cloud.identity.ports import Mail

_TIMEOUT_S = 20
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MailServerError(OperatorError):
    """The setting names no mail server that mail can be given to."""


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands messages to one server."""

    host: str
    port: int
    sender: str
    has_tls: bool
    user: str | None = None
    password: SecretStr | None = None

    @classmethod
    def at(cls, url: SecretStr, sender: str) -> "SmtpMailer":
        """Return the mailer for a setting; raises MailServerError, whose text shows no password."""
        try:
            found = urlsplit(url.get_secret_value())
            port = found.port or _PORTS[found.scheme]
        except (ValueError, KeyError):
            found, port = urlsplit(""), 0
        if not found.hostname:
            raise MailServerError("MAXBOOSTER_CLOUD_SMTP_URL is not usable: write smtps://user:password@host.")
        password = SecretStr(unquote(found.password)) if found.password else None
        user = unquote(found.username) if found.username else None
        return cls(found.hostname, port, sender, found.scheme == "smtps", user, password)

    def send(self, mail: Mail, key: str) -> None:
        """Hand a message over; raises OSError or SMTPException, after which it is sent again."""
        message = message_of(mail, self.sender)
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        with self._connected() as server:
            server.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        secure = ssl.create_default_context()
        if self.has_tls:
            opened: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_S, context=secure)
        else:
            opened = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_S)
        with opened as server:
            server.ehlo()
            if not self.has_tls and self.host not in _LOOPBACK:
                server.starttls(context=secure)
            if self.user is not None and self.password is not None:
                server.login(self.user, self.password.get_secret_value())
            yield server
