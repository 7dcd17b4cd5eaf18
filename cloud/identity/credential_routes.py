"""The API for what proves who somebody is: passwords, second factors, keys for programs."""

from fastapi import APIRouter, Request, Response

from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.identity.facade import identity_of
from cloud.identity.routes import CHANGE, PUBLIC, READ, Id
from cloud.identity.schemas import (
    Accepted,
    AuthenticatorModel,
    CodeForm,
    CreatedKey,
    EmailForm,
    KeyForm,
    KeyModel,
    NewPasswordForm,
    OpenedSession,
    RecoveryCodes,
    ResetForm,
)

router = APIRouter(prefix="/v1", tags=["credentials"])


@router.post("/password-resets", status_code=202, responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def request_reset(request: Request, call: ToChange, form: EmailForm) -> Response:
    """Have mailed what sets a new password. The reply is the same for an address without an account."""
    return identity_of(request).credentials.request_reset(call, form.email)


@router.post("/password-resets/completion", responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def complete_reset(request: Request, call: ToChange, form: ResetForm) -> Response:
    """Set a new password with the code in the mail. All sessions end, nobody is signed in by it."""
    token, password = form.token.get_secret_value(), form.password.get_secret_value()
    return identity_of(request).credentials.reset_password(call, token, password)


@router.put("/account/password", responses=CHANGE, response_model=OpenedSession)
def change_password(request: Request, call: ToChange, form: NewPasswordForm) -> Response:
    """Set another password; needs a proof of the last 15 minutes. All other sessions end."""
    return identity_of(request).credentials.change_password(call, form.password.get_secret_value())


@router.post("/account/authenticator", status_code=201, responses=CHANGE, response_model=AuthenticatorModel)
def add_authenticator(request: Request, call: ToChange) -> Response:
    """Add an authenticator; needs a proof of the last 15 minutes."""
    return identity_of(request).credentials.add_authenticator(call)


@router.post("/account/authenticator/confirmation", responses=CHANGE, response_model=RecoveryCodes)
def confirm_authenticator(request: Request, call: ToChange, form: CodeForm) -> Response:
    """Put the authenticator in force with a code that it shows."""
    return identity_of(request).credentials.confirm_authenticator(call, form.code.get_secret_value())


@router.delete("/account/authenticator", responses=CHANGE, response_model=Accepted)
def remove_authenticator(request: Request, call: ToChange) -> Response:
    """Remove the authenticator, the recovery codes, and keys for money."""
    return identity_of(request).credentials.remove_authenticator(call)


@router.post("/account/recovery-codes", status_code=201, responses=CHANGE, response_model=RecoveryCodes)
def renew_recovery_codes(request: Request, call: ToChange) -> Response:
    """Make ten new recovery codes; the old ones are void."""
    return identity_of(request).credentials.renew_recovery_codes(call)


@router.post("/api-keys", status_code=201, responses=CHANGE, response_model=CreatedKey)
def create_key(request: Request, call: ToChange, form: KeyForm) -> Response:
    """Make a key for a program; needs a proof of the last 15 minutes."""
    return identity_of(request).credentials.create_key(call, form)


@router.get("/api-keys", responses=READ)
def list_keys(request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50) -> Page[KeyModel]:
    """List one's keys, newest first."""
    return identity_of(request).credentials.keys(call, cursor, limit)


@router.get("/api-keys/{key_id}", responses=READ)
def read_key(request: Request, call: ToRead, key_id: Id) -> KeyModel:
    """Read what a key may."""
    return identity_of(request).credentials.key(call, key_id)


@router.delete("/api-keys/{key_id}", responses=CHANGE, response_model=KeyModel)
def revoke_key(request: Request, call: ToChange, key_id: Id) -> Response:
    """Revoke a key at once."""
    return identity_of(request).credentials.revoke_key(call, key_id)


@router.post("/api-keys/{key_id}/rotation", status_code=201, responses=CHANGE, response_model=CreatedKey)
def rotate_key(request: Request, call: ToChange, key_id: Id) -> Response:
    """Make a key like this one, which works for seven more days."""
    return identity_of(request).credentials.rotate_key(call, key_id)
