"""The API for what proves who somebody is: passwords, second factors, keys for programs."""

from fastapi import APIRouter, Request, Response

from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.identity.facade import identity_of
from cloud.identity.key_schemas import CreatedKey, KeyForm, KeyModel
from cloud.identity.routes import CHANGE, PUBLIC, READ, Id, accepted
from cloud.identity.schemas import (
    Accepted,
    AuthenticatorModel,
    CodeForm,
    EmailForm,
    NewPasswordForm,
    OpenedSession,
    RecoveryCodes,
    ResetForm,
)

router = APIRouter(prefix="/v1", tags=["credentials"])


@router.post("/password-resets", status_code=202, responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def request_reset(request: Request, call: ToChange, form: EmailForm) -> Response:
    """Have mailed what sets a new password. The reply is the same for an address without an account."""
    identity = identity_of(request)
    verb = identity.credentials.request_reset(call, form.email)
    return identity.answer_anybody(call, verb, accepted, status=202)


@router.post("/password-resets/completion", responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def complete_reset(request: Request, call: ToChange, form: ResetForm) -> Response:
    """Set a new password with the code in the mail. All sessions end, nobody is signed in by it."""
    identity, token = identity_of(request), form.token.get_secret_value()
    verb = identity.credentials.reset_password(call, token, form.password.get_secret_value())
    return identity.answer_anybody(call, verb, accepted)


@router.put("/account/password", responses=CHANGE, response_model=OpenedSession)
def change_password(request: Request, call: ToChange, form: NewPasswordForm) -> Response:
    """Set another password; needs a proof of the last 15 minutes. All other sessions end."""
    identity = identity_of(request)
    verb = identity.credentials.change_password(call, form.password.get_secret_value())
    return identity.answer(call, verb, OpenedSession.of_current, once=("token", "device"))


@router.post("/account/authenticator", status_code=201, responses=CHANGE, response_model=AuthenticatorModel)
def add_authenticator(request: Request, call: ToChange) -> Response:
    """Add an authenticator; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    verb = identity.credentials.add_authenticator()
    return identity.answer(call, verb, AuthenticatorModel.of, status=201, once=("secret", "uri"))


@router.post("/account/authenticator/confirmation", responses=CHANGE, response_model=RecoveryCodes)
def confirm_authenticator(request: Request, call: ToChange, form: CodeForm) -> Response:
    """Put the authenticator in force with a code that it shows."""
    identity = identity_of(request)
    verb = identity.credentials.confirm_authenticator(call, form.code.get_secret_value())
    return identity.answer(call, verb, _recovery_codes, once=("codes",))


@router.delete("/account/authenticator", responses=CHANGE, response_model=Accepted)
def remove_authenticator(request: Request, call: ToChange) -> Response:
    """Remove the authenticator, the recovery codes, and keys for money."""
    identity = identity_of(request)
    return identity.answer(call, identity.credentials.remove_authenticator(), accepted)


@router.post("/account/recovery-codes", status_code=201, responses=CHANGE, response_model=RecoveryCodes)
def renew_recovery_codes(request: Request, call: ToChange) -> Response:
    """Make ten new recovery codes; the old ones are void."""
    identity = identity_of(request)
    verb = identity.credentials.renew_recovery_codes()
    return identity.answer(call, verb, _recovery_codes, status=201, once=("codes",))


@router.post("/api-keys", status_code=201, responses=CHANGE, response_model=CreatedKey)
def create_key(request: Request, call: ToChange, form: KeyForm) -> Response:
    """Make a key for a program; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    verb = identity.credentials.create_key(
        name=form.name, scopes=list(form.scopes), networks=form.networks, lasts_days=form.lasts_days
    )
    return identity.answer(call, verb, CreatedKey.of, status=201, once=("key",))


@router.get("/api-keys", responses=READ)
def list_keys(request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50) -> Page[KeyModel]:
    """List one's keys, newest first."""
    found = identity_of(request).credentials.keys(call, cursor, limit)
    return Page(items=[KeyModel.model_validate(row) for row in found.items], next=found.next)


@router.get("/api-keys/{key_id}", responses=READ)
def read_key(request: Request, call: ToRead, key_id: Id) -> KeyModel:
    """Read what a key may."""
    return KeyModel.model_validate(identity_of(request).credentials.key(call, key_id))


@router.delete("/api-keys/{key_id}", responses=CHANGE, response_model=KeyModel)
def revoke_key(request: Request, call: ToChange, key_id: Id) -> Response:
    """Revoke a key at once."""
    identity = identity_of(request)
    return identity.answer(call, identity.credentials.revoke_key(key_id), KeyModel.model_validate)


@router.post("/api-keys/{key_id}/rotation", status_code=201, responses=CHANGE, response_model=CreatedKey)
def rotate_key(request: Request, call: ToChange, key_id: Id) -> Response:
    """Make a key like this one, which works for seven more days."""
    identity = identity_of(request)
    return identity.answer(call, identity.credentials.rotate_key(key_id), CreatedKey.of, status=201, once=("key",))


def _recovery_codes(codes: list[str]) -> RecoveryCodes:
    return RecoveryCodes(codes=codes)
