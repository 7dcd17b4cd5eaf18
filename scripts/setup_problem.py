"""The one error of the set-up scripts: a sentence for the person at the terminal."""


class SetupProblem(Exception):  # noqa: N818 - it is told to a person, who reads a problem and its way out
    """Something the machine lacks; the text names it and the way out."""
