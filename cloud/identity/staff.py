"""Another part of identity's facade: who runs the platform, in which role."""

from cloud.foundation.calls import Call
from cloud.foundation.policy import PLATFORM, authorize
from cloud.identity import staff_store
from cloud.identity.core import Core, Verb
from cloud.identity.operations import change_roles
from cloud.identity.staff_contracts import RoleRequest, StaffMember


class Staff:
    """Roles on the platform."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._keyring = core.keyring

    def all(self, call: Call) -> list[StaffMember]:
        """Return everybody with a role."""
        authorize(call.who, "role.list", PLATFORM)
        return self._core.run(call, staff_store.staff)

    def requests(self, call: Call) -> list[RoleRequest]:
        """Return what waits for another admin."""
        authorize(call.who, "role.list", PLATFORM)
        return self._core.run(call, staff_store.requests)

    def ask(self, account_id: str, role: str, *, is_grant: bool) -> Verb[RoleRequest]:
        """Ask another admin to give or take a role."""
        return lambda work: change_roles.ask_for_role(work, self._keyring, account_id, role, is_grant=is_grant)

    def confirm(self, request_id: str) -> Verb[RoleRequest]:
        """Do what another admin asked for."""
        return lambda work: change_roles.confirm_role(work, self._keyring, request_id)

    def decline(self, request_id: str) -> Verb[RoleRequest]:
        """Refuse it, or take back what one asked for."""
        return lambda work: change_roles.decline_role(work, request_id)
