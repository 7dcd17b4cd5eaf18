"""The root of every error a person may see.

MaxBoosterError
+-- one subclass per expected failure, defined beside the code that raises it

Its text is one clear sentence that names the thing and the way out. The command line prints it and exits with 2;
the window shows it. Anything else that reaches a person is a defect.
"""


class MaxBoosterError(Exception):
    """An expected failure; `str(error)` is the sentence a person reads."""
