"""What a person is told when something with the cloud did not work: the sentences of `sync`, as errors of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from maxbooster_desktop.foundation.errors import MaxBoosterError
from sync.client.errors import AuthNeededError, CloudError
from sync.credentials.errors import CredentialError


class CloudTroubleError(MaxBoosterError):
    """The cloud could not be used, or refused; nothing here was changed."""


class NothingSharedError(CloudTroubleError):
    """The project's room holds nothing yet."""


class AlreadySharedError(CloudTroubleError):
    """The project is in the cloud already."""


@contextmanager
def told() -> Iterator[None]:
    """Raise what goes wrong inside as CloudTroubleError."""
    try:
        yield
    except AuthNeededError as error:
        raise CloudTroubleError(f"{error} Sign in with Account in the menu Together.") from error
    except (CloudError, CredentialError) as error:
        raise CloudTroubleError(str(error)) from error
