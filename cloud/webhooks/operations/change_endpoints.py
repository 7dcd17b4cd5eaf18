"""Make, change, rotate and remove endpoints: those who look after a workspace do."""

from typing import Any

from cloud.foundation.encryption import Keyring
from cloud.foundation.etags import require_match
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.operations.step_up import require_fresh
from cloud.identity.workspaces import allowed
from cloud.webhooks import endpoint_store, rules
from cloud.webhooks.contracts import Endpoint, EndpointWish, NewSecret


def create_endpoint(work: UnitOfWork, keyring: Keyring, workspace_id: str, wish: EndpointWish) -> NewSecret:
    """Make an endpoint; return it with its secret.

    Raises NotFoundError (404), ForbiddenError, StepUpNeededError (403), ConflictError (409: too many).
    """
    found, policy = allowed(work, workspace_id, "webhook.change", is_locked=True)
    require_fresh(work)
    if len(endpoint_store.all_of(work, found.id)) >= rules.MOST_ENDPOINTS:
        raise ConflictError(f"A workspace has room for {rules.MOST_ENDPOINTS} webhooks: remove one first.")
    secret = rules.new_secret()
    url, description, events = wish.url or "", wish.description or "", sorted(set(wish.events or ()))
    made = endpoint_store.add(work, keyring, found.id, url=url, description=description, events=events, secret=secret)
    _audit(work, "webhook.created", made, policy, after=made.audited())
    return NewSecret(made, secret)


def change_endpoint(work: UnitOfWork, workspace_id: str, endpoint_id: str, wish: EndpointWish) -> Endpoint:
    """Change an endpoint, pause it, or let it go on.

    Where its messages go is changed as it was made: with a fresh proof. Raises NotFoundError (404), ForbiddenError,
    StepUpNeededError (403), ChangedMeanwhileError (412), ConditionMissingError (428).
    """
    _, policy = allowed(work, workspace_id, "webhook.change")
    if wish.url is not None:
        require_fresh(work)
    before = endpoint_store.one(work, workspace_id, endpoint_id, is_locked=True)
    require_match(work.call.if_match, before.version)
    values: dict[str, Any] = {"url": wish.url, "description": wish.description, "events": wish.events}
    values = {name: value for name, value in values.items() if value is not None}
    if wish.state is not None:
        values |= {"state": wish.state, "disabled_why": None, "failing_since": None, "quiet_until": None}
    endpoint_store.change(work, endpoint_id, **values)
    after = endpoint_store.one(work, workspace_id, endpoint_id)
    _audit(work, "webhook.changed", after, policy, before=before.audited(), after=after.audited())
    return after


def rotate_secret(work: UnitOfWork, keyring: Keyring, workspace_id: str, endpoint_id: str) -> NewSecret:
    """Give an endpoint a new secret; for a day messages are signed with the old one, too.

    Raises NotFoundError (404), ForbiddenError, StepUpNeededError (403).
    """
    _, policy = allowed(work, workspace_id, "webhook.change")
    require_fresh(work)
    found = endpoint_store.one(work, workspace_id, endpoint_id, is_locked=True)
    secret = rules.new_secret()
    endpoint_store.rotate(work, keyring, found, secret)
    after = endpoint_store.one(work, workspace_id, endpoint_id)
    _audit(work, "webhook.rotated", after, policy)
    return NewSecret(after, secret)


def remove_endpoint(work: UnitOfWork, workspace_id: str, endpoint_id: str) -> Endpoint:
    """Remove an endpoint; what waits for it is not sent any more. Raises NotFoundError (404), ForbiddenError (403)."""
    _, policy = allowed(work, workspace_id, "webhook.change")
    found = endpoint_store.one(work, workspace_id, endpoint_id, is_locked=True)
    endpoint_store.remove(work, endpoint_id)
    _audit(work, "webhook.removed", found, policy, before=found.audited())
    return found


def _audit(work: UnitOfWork, action: str, found: Endpoint, policy: str, **what: Any) -> None:
    work.audit.write(action, f"webhook:{found.id}", policy=policy, chain=found.workspace_id, **what)
