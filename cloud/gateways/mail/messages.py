"""A mail as it goes over the wire, whichever way it goes."""

from email.message import EmailMessage
from email.policy import SMTP

from cloud.identity.ports import Mail


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """Return a message; names and texts are encoded, so nothing in them becomes a header."""
    message = EmailMessage(policy=SMTP)
    message["To"], message["Subject"] = mail.to, mail.subject
    message["From"] = sender
    message.set_content(mail.text)
    return message
