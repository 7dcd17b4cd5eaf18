"""`maxbooster cloud admin`: makes the first admins, on the machine of a running cloud; later ones are made by them."""

from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.encryption import Keyring
from cloud.foundation.settings import CloudSettings
from cloud.foundation.unit_of_work import Units
from cloud.identity.operations.change_roles import make_admin
from cloud.ops.tickets import database_address


def make_local_admin(settings: CloudSettings, email: str) -> str:
    """Make the owner of an address an admin; return whose account it is.

    Raises NotServedError, NotFoundError, ConflictError.
    """
    database = Database(database_address(settings), pool_size=2)
    try:
        keyring = Keyring.of(settings.keys)
        return Units(database).run(system_call("admin"), lambda work: make_admin(work, keyring, email)).id
    finally:
        database.close()
