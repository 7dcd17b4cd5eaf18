"""Mail through a real SMTP server on this machine: what arrives, and what is refused."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from pydantic import SecretStr

from cloud.gateways.mail.smtp import MailServerError, SmtpMailer
from cloud.identity.ports import Mail

SENDER = "Max Booster <studio@music.example>"


class Inbox:
    """Keeps what comes, from whoever knows the password."""

    def __init__(self) -> None:
        self.came: list[Envelope] = []
        self.users: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.came.append(envelope)
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, given) -> AuthResult:
        self.users.append(given.login)
        return AuthResult(success=given.password == b"p@ss/word", handled=False)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[Controller]:
    with _serving(inbox, "127.0.0.1") as controller:
        yield controller


@contextmanager
def _serving(inbox: Inbox, host: str) -> Iterator[Controller]:
    with socket.create_server((host, 0)) as free:
        port = free.getsockname()[1]  # the controller tries the port it was given, so it has to be told one
    controller = Controller(inbox, host, port, authenticator=inbox.authenticate, auth_require_tls=False)
    controller.start()
    yield controller
    controller.stop()


def _mailer(server: Controller, credentials: str = "studio:p%40ss%2Fword") -> SmtpMailer:
    return SmtpMailer.at(SecretStr(f"smtp://{credentials}@127.0.0.1:{server.port}"), SENDER)


def test_a_message_arrives_as_it_was_written(server: Controller, inbox: Inbox, expected_log) -> None:
    expected_log("Session.login_data is deprecated")  # the test's server says so of itself
    mail = Mail("ada@example.org", "Grüße", "Täglich ein Stück.\n.\nEnde\n")
    for _ in range(2):
        _mailer(server).send(mail, "job_1")
    first, again = (message_from_bytes(one.content, policy=default) for one in inbox.came)
    assert (inbox.came[0].mail_from, inbox.came[0].rcpt_tos) == ("studio@music.example", ["ada@example.org"])
    assert (first["To"], first["From"], first["Subject"]) == (mail.to, SENDER, mail.subject)
    assert first.get_content().replace("\r\n", "\n") == mail.text
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"].endswith("@music.example>")
    assert inbox.users == [b"studio"] * 2


def test_what_the_server_refuses_is_an_error(server: Controller, inbox: Inbox) -> None:
    mail = Mail("ada@example.org", "Hello", "Text")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        _mailer(server, "studio:wrong").send(mail, "job_1")
    with pytest.raises(ValueError, match=r"[Hh]eader"):
        _mailer(server).send(Mail("ada@example.org", "a\nBcc: eve@example.org", "Text"), "job_1")
    assert inbox.came == []


def test_nothing_is_handed_to_another_machine_without_tls(inbox: Inbox) -> None:
    # Every address of 127.0.0.0/8 is this machine, and only three names of it are taken for that.
    with _serving(inbox, "127.0.0.2") as server:
        away = SmtpMailer.at(SecretStr(f"smtp://studio:p%40ss%2Fword@127.0.0.2:{server.port}"), SENDER)
        with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS"):
            away.send(Mail("ada@example.org", "Hello", "Text"), "job_1")
    assert (inbox.came, inbox.users) == ([], [])


@pytest.mark.parametrize("url", ["", "http://host", "smtp://", "smtp://host:port", "smtp://user:secret@:25"])
def test_settings_that_name_no_server_are_refused_and_not_shown(url: str) -> None:
    with pytest.raises(MailServerError, match="MAXBOOSTER_CLOUD_SMTP_URL") as refused:
        SmtpMailer.at(SecretStr(url), SENDER)
    assert "secret" not in str(refused.value)


def test_ports_are_those_of_the_scheme() -> None:
    found = [SmtpMailer.at(SecretStr(f"{scheme}://u:p@mail.example"), SENDER) for scheme in ("smtp", "smtps")]
    assert [(one.port, one.has_tls) for one in found] == [(587, False), (465, True)]
    assert "p@" not in repr(found[0])
