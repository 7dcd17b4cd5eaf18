"""What can come of talking to the cloud.

CloudError
+-- UnreachableError       nothing answers: no network, no cloud there, or a locked keyring
+-- ServerTroubleError     the cloud cannot at the moment, or answers nonsense
+-- AuthNeededError        nobody is signed in, or the sign-in ended
+-- RefusedError           the cloud refuses this request; its problem says why
+-- SignInError            a sign-in came to nothing
"""


class CloudError(Exception):
    """Root; the text is a sentence for people."""


class UnreachableError(CloudError):
    """Nothing answers."""


class ServerTroubleError(CloudError):
    """The cloud answers that it cannot at the moment, or what cannot be read."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(reason)


class AuthNeededError(CloudError):
    """The credentials are missing or not valid any more."""


class RefusedError(CloudError):
    """The cloud refuses what was asked and did nothing.

    Attributes:
        status: of HTTP.
        code: the problem's own name, such as `not-found`; of an authorization server its `error`.
    """

    def __init__(self, sentence: str, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(sentence)


class SignInError(CloudError):
    """A sign-in was refused, given up or not what was asked for."""
