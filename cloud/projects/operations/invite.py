"""Invite others to a project, by a link or by mail, and take an invitation back."""

from urllib.parse import quote

from cloud.foundation.encryption import Keyring
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import access, invitation_store, people, rules
from cloud.projects.contracts import Invitation, InvitationWish


def invite(work: UnitOfWork, keyring: Keyring, project_id: str, wish: InvitationWish) -> tuple[Invitation, str | None]:
    """Make an invitation; return it with its token, which is None when it was mailed: its reader alone has it.

    Raises NotFoundError (404), ForbiddenError (403).
    """
    found, policy = access.allowed(work, project_id, "project.share")
    by, until = rules.account_of(work.call.who), work.clock.now() + wish.lasts
    email = wish.email.lower() if wish.email else None
    uses = 1 if email else wish.max_uses
    made, token = invitation_store.add(
        work, project_id, role=wish.role, email=email, max_uses=uses, expires_at=until, by=by
    )
    work.audit.write("project.invited", f"project:{project_id}", after=made.audited(), policy=policy)
    if email is None:
        return made, token
    people.mail(work, keyring, email, *_mail(work.call.address, people.name(work, by), found.name, token))
    return made, None


def revoke_invitation(work: UnitOfWork, project_id: str, invitation_id: str) -> Invitation:
    """Take an invitation back; who came in with it stays. Raises NotFoundError (404), ForbiddenError (403)."""
    _, policy = access.allowed(work, project_id, "project.share")
    found = invitation_store.invitation(work, project_id, invitation_id)
    invitation_store.remove(work, invitation_id)
    work.audit.write("project.invitation_revoked", f"project:{project_id}", before=found.audited(), policy=policy)
    return found


def _mail(address: str, inviter: str, project: str, token: str) -> tuple[str, str]:
    link = f"maxbooster://join?cloud={quote(address, safe='')}&token={quote(token, safe='')}"
    text = (
        f"{people.quoted(inviter, 'Somebody')} invites you to {people.quoted(project, 'a project')} in Max Booster. "
        "Sign in there with this address (or open an account with it first), then paste this link (Together, "
        f"Join by link):\n\n{link}"
    )
    return "You are invited to a project", f"{text}\n\nIf you do not know them, you need do nothing.\n\nMax Booster\n"
