"""The root of every expected failure of the cloud.

CloudError
+-- OperatorError    whoever runs the cloud must act; the command line prints it and exits with 2
+-- ProblemError     a request cannot be answered; the API sends it as problem+json (problems.py)

Its text is one clear sentence that names the thing and the way out. Anything else that reaches a person is a defect.
"""


class CloudError(Exception):
    """An expected failure; `str(error)` is the sentence a person reads."""


class OperatorError(CloudError):
    """The machine, its settings or its data keep the cloud from running."""
