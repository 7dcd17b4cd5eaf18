"""The API for what becomes of an account: another address, its end."""

from datetime import datetime

from fastapi import APIRouter, Request, Response

from cloud.foundation.admission import ToChange
from cloud.identity.facade import identity_of
from cloud.identity.routes import CHANGE, PUBLIC, accepted
from cloud.identity.schemas import Accepted, Deletion, EmailForm, ResetForm, TokenForm

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/account/email", status_code=202, responses=CHANGE, response_model=Accepted)
def change_email(request: Request, call: ToChange, form: EmailForm) -> Response:
    """Ask for another address, which its reader confirms; needs a proof of the last 15 minutes.

    The reply is the same when the address has an account.
    """
    identity = identity_of(request)
    return identity.answer(call, identity.accounts.change_email(call, form.email), accepted, status=202)


@router.post("/email-changes/confirmation", responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def confirm_email(request: Request, call: ToChange, form: TokenForm) -> Response:
    """Confirm the new address with the code that was mailed to it. Sessions end, but the one that asked for it."""
    identity = identity_of(request)
    verb = identity.accounts.confirm_email(form.token.get_secret_value())
    return identity.answer_anybody(call, verb, accepted)


@router.post("/email-changes/undo", responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def put_email_back(request: Request, call: ToChange, form: ResetForm) -> Response:
    """Put the old address back with the code that was mailed to it, and set a new password.

    All sessions, and second factors and keys that came since, end.
    """
    identity, token = identity_of(request), form.token.get_secret_value()
    verb = identity.accounts.put_email_back(call, token, form.password.get_secret_value())
    return identity.answer_anybody(call, verb, accepted)


@router.post("/account/deletion", responses=CHANGE, response_model=Deletion)
def delete_account(request: Request, call: ToChange) -> Response:
    """Have one's account erased in two weeks; needs a proof of the last 15 minutes. Signing in before that keeps it.

    All sessions end now.
    """
    identity = identity_of(request)
    return identity.answer(call, identity.accounts.delete(), _deletion)


def _deletion(at: datetime) -> Deletion:
    return Deletion(deletion_at=at)
