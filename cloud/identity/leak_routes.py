"""The API for keys that were found where they do not belong: for whoever finds one, and for admins."""

from fastapi import APIRouter, Request, Response

from cloud.foundation.admission import ToChange
from cloud.identity.facade import identity_of
from cloud.identity.key_schemas import FoundKey, KeyModel
from cloud.identity.routes import CHANGE, PUBLIC, Id, accepted
from cloud.identity.schemas import Accepted

router = APIRouter(prefix="/v1/leaked-keys", tags=["credentials"])


@router.post("", status_code=202, responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def report_key(request: Request, call: ToChange, form: FoundKey) -> Response:
    """Report a key that others can read: it is stopped at once and its owner told. The reply is always the same."""
    identity = identity_of(request)
    verb = identity.credentials.report_key(form.key.get_secret_value())
    return identity.answer_anybody(call, verb, accepted, status=202)


@router.post("/{key_id}/restoration", responses=CHANGE, response_model=KeyModel)
def restore_key(request: Request, call: ToChange, key_id: Id) -> Response:
    """Put a key in force again that was reported within the last day, for admins; needs a fresh proof."""
    identity = identity_of(request)
    return identity.answer(call, identity.credentials.restore_key(key_id), KeyModel.model_validate)
