"""The API for people: accounts and sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from cloud.foundation import problems, wording
from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.identity.facade import identity_of
from cloud.identity.proving import Claim
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
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=wording.ID)]


@router.post("/registrations", status_code=202, responses=CHANGE, response_model=Accepted, openapi_extra=PUBLIC)
def register(request: Request, call: ToChange, form: RegistrationForm) -> Response:
    """Open an account; the address is confirmed by mail. The reply is the same when it has one already."""
    identity = identity_of(request)
    verb = identity.register(call, email=form.email, name=form.name, password=form.password.get_secret_value())
    return identity.answer_anybody(call, verb, accepted, status=202)


@router.post("/registrations/confirmation", responses=CHANGE, response_model=AccountModel, openapi_extra=PUBLIC)
def confirm_registration(request: Request, call: ToChange, form: TokenForm) -> Response:
    """Confirm an address with the code that was mailed to it."""
    identity = identity_of(request)
    return identity.answer_anybody(call, identity.verify_email(form.token.get_secret_value()), AccountModel.of)


@router.post("/sessions", status_code=201, responses=CHANGE, response_model=OpenedSession, openapi_extra=PUBLIC)
def sign_in(request: Request, call: ToChange, form: SignInForm) -> Response:
    """Sign in."""
    identity = identity_of(request)
    claim = Claim(form.email, form.password, identity.network_of(request), form.code, form.device, attempt=form.attempt)
    verb = identity.sign_in(call, claim, form.label)
    return identity.answer_anybody(call, verb, OpenedSession.of, status=201, once=("token", "device"))


@router.get("/sessions", responses=READ)
def list_sessions(
    request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50
) -> Page[SessionModel]:
    """List the devices that are signed in, newest first."""
    found = identity_of(request).sessions(call, cursor, limit)
    return Page(items=[SessionModel.among(call.session, row) for row in found.items], next=found.next)


@router.delete("/sessions", responses=CHANGE, response_model=Ended)
def end_sessions(
    request: Request,
    call: ToChange,
    *,
    but_current: Annotated[bool, Query(description="Leave the one that asks.")] = False,
) -> Response:
    """Sign out everywhere, with a fresh proof of who you are; known devices stay known."""
    identity = identity_of(request)
    return identity.answer(call, identity.end_sessions(but_current=but_current), _ended)


@router.delete("/sessions/{session_id}", responses=CHANGE, response_model=SessionModel)
def end_session(request: Request, call: ToChange, session_id: Id) -> Response:
    """Sign out one device, another one with a fresh proof of who you are; `current` is the one that asks."""
    identity = identity_of(request)
    return identity.answer(call, identity.end_session(session_id), SessionModel.model_validate)


@router.post("/sessions/current/proof", responses=CHANGE, response_model=OpenedSession)
def prove_again(request: Request, call: ToChange, form: ProofForm) -> Response:
    """Prove again who you are, for what asks for it; the session's token changes."""
    identity = identity_of(request)
    owner, session = identity.current(call)
    claim = Claim(owner.email, form.password, identity.network_of(request), form.code, session=session.id)
    verb = identity.prove(call, claim)
    return identity.answer(call, verb, OpenedSession.of_current, once=("token", "device"))


@router.get("/account", responses=READ)
def read_account(request: Request, call: ToRead) -> AccountModel:
    """Read one's own account."""
    return AccountModel.of(identity_of(request).account(call))


@router.delete("/accounts/{account_id}/sessions", responses=CHANGE, response_model=Ended)
def end_anybodys_sessions(request: Request, call: ToChange, account_id: Id) -> Response:
    """Sign an account out everywhere and know none of its devices any more, for admins."""
    identity = identity_of(request)
    return identity.answer(call, identity.end_anybodys_sessions(account_id), _ended)


def accepted(_result: object) -> Accepted:
    """Show that what was asked for is being done."""
    return Accepted()


def _ended(number: int) -> Ended:
    return Ended(ended=number)
