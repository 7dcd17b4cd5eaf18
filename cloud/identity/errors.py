"""Identity's own ways to fail. Whether an address has an account is told by none of them."""

from cloud.foundation.problems import FORBIDDEN, UNAVAILABLE, ProblemError, ProblemType

CREDENTIALS_WRONG = ProblemType("credentials-wrong", 401, "Address or password is wrong")
CODE_NEEDED = ProblemType("code-needed", 401, "A code is needed, too")
CODE_WRONG = ProblemType("code-wrong", 401, "The code is not valid")
PASSKEY_REFUSED = ProblemType("passkey-refused", 401, "The passkey was not accepted")
EMAIL_UNVERIFIED = ProblemType("email-unverified", 403, "The address is not confirmed yet")
ACCOUNT_SUSPENDED = ProblemType("account-suspended", 403, "The account is suspended")
STEP_UP_NEEDED = ProblemType("step-up-needed", 403, "Prove again who you are")
SECOND_FACTOR_NEEDED = ProblemType("second-factor-needed", 403, "This needs a second factor")
PASSWORD_UNSAFE = ProblemType("password-unsafe", 422, "The password is too easy to guess")
TOO_MANY_ATTEMPTS = ProblemType("too-many-attempts", 429, "Too many attempts")


class CredentialsError(ProblemError):
    """No such account, or another password: the two look the same."""

    problem = CREDENTIALS_WRONG

    def __init__(self) -> None:
        super().__init__("The address or the password is wrong.")


class CodeNeededError(ProblemError):
    """The password is right and something more is asked for."""

    problem = CODE_NEEDED


class CodeError(ProblemError):
    """The code is wrong, too old, or was used before."""

    problem = CODE_WRONG

    def __init__(self) -> None:
        super().__init__("The code is wrong, too old, or was used before: take the next one.")


class PasskeyError(ProblemError):
    """A passkey that nobody knows, an answer that was used or is too old, or one that was tampered with."""

    problem = PASSKEY_REFUSED

    def __init__(self) -> None:
        super().__init__("The passkey was not accepted, or its question was too old: try once more.")


class EmailUnverifiedError(ProblemError):
    """The password is right, but nobody has shown yet that the address is theirs."""

    problem = EMAIL_UNVERIFIED


class AccountSuspendedError(ProblemError):
    """The password is right, but an admin keeps the account out."""

    problem = ACCOUNT_SUSPENDED

    def __init__(self) -> None:
        super().__init__("This account is suspended: write to whoever runs this cloud.")


class StepUpNeededError(ProblemError):
    """The session is too old for what is asked."""

    problem = STEP_UP_NEEDED


class SecondFactorNeededError(ProblemError):
    """What is asked needs more than a password."""

    problem = SECOND_FACTOR_NEEDED


class NoSessionError(ProblemError):
    """What is asked belongs to a signed-in person."""

    problem = FORBIDDEN


class PasswordUnsafeError(ProblemError):
    """A password that others guess early."""

    problem = PASSWORD_UNSAFE


class TooManyAttemptsError(ProblemError):
    """Somebody has to wait before they may try again."""

    problem = TOO_MANY_ATTEMPTS


class HashingBusyError(ProblemError):
    """More passwords wait to be hashed than this process takes."""

    problem = UNAVAILABLE
