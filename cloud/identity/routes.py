"""The API for people: accounts and sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from cloud.foundation import problems
from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.identity.facade import identity_of
from cloud.identity.schemas import (
    Accepted,
    AccountModel,
    Ended,
    OpenedSession,
    ProofForm,
    RegistrationForm,
    SessionModel,
    SignInForm,
    TokenForm,
)

router = APIRouter(prefix="/v1", tags=["accounts"])
READ = problems.problem_responses(
    *(problems.MALFORMED, problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.NOT_FOUND, problems.TOO_LARGE),
    *(problems.INVALID, problems.QUOTA_EXCEEDED, problems.INTERNAL, problems.UNAVAILABLE),
)
CHANGE = READ | problems.problem_responses(problems.CONFLICT, problems.STILL_RUNNING, problems.MEDIA_TYPE_UNKNOWN)
#: Routes that nobody need sign in for.
PUBLIC: dict[str, Any] = {"security": [{}, {"bearer": []}]}
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]


@router.post("/registrations", status_code=202, responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def register(request: Request, call: ToChange, form: RegistrationForm) -> Response:
    """Open an account; the address is confirmed by mail. The reply is the same when it has one already."""
    return identity_of(request).register(call, form)


@router.post("/registrations/confirmation", responses=CHANGE, response_model=AccountModel, openapi_extra=PUBLIC)
def confirm_registration(request: Request, call: ToChange, form: TokenForm) -> Response:
    """Confirm an address with the code that was mailed to it."""
    return identity_of(request).verify_email(call, form.token.get_secret_value())


@router.post("/sessions", status_code=201, responses=CHANGE, response_model=OpenedSession, openapi_extra=PUBLIC)
def sign_in(request: Request, call: ToChange, form: SignInForm) -> Response:
    """Sign in."""
    identity = identity_of(request)
    return identity.sign_in(call, form, identity.network_of(request))


@router.get("/sessions", responses=READ)
def list_sessions(
    request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50
) -> Page[SessionModel]:
    """List the devices that are signed in, newest first."""
    return identity_of(request).sessions(call, cursor, limit)


@router.delete("/sessions", responses=CHANGE, response_model=Ended)
def end_sessions(
    request: Request,
    call: ToChange,
    *,
    but_current: Annotated[bool, Query(description="Leave the one that asks.")] = False,
) -> Response:
    """Sign out everywhere; known devices stay known."""
    return identity_of(request).end_sessions(call, but_current=but_current)


@router.delete("/sessions/{session_id}", responses=CHANGE, response_model=SessionModel)
def end_session(request: Request, call: ToChange, session_id: Id) -> Response:
    """Sign out one device; `current` is the one that asks."""
    return identity_of(request).end_session(call, session_id)


@router.post("/sessions/current/proof", responses=CHANGE, response_model=OpenedSession)
def prove_again(request: Request, call: ToChange, form: ProofForm) -> Response:
    """Prove again who you are, for what asks for it; the session's token changes."""
    identity = identity_of(request)
    return identity.prove(call, form, identity.network_of(request))


@router.get("/account", responses=READ)
def read_account(request: Request, call: ToRead) -> AccountModel:
    """Read one's own account."""
    return identity_of(request).account(call)


@router.delete("/accounts/{account_id}/sessions", responses=CHANGE, response_model=Ended)
def end_anybodys_sessions(request: Request, call: ToChange, account_id: Id) -> Response:
    """Sign an account out everywhere and know none of its devices any more, for admins."""
    return identity_of(request).end_anybodys_sessions(call, account_id)
