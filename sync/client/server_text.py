"""What a server says, made fit to be shown to a person: it is short, and it is text and nothing else."""

LONGEST_SENTENCE = 300


def shown(text: str) -> str:
    """Return what a server says as it may be shown: nothing that steers a terminal or turns the way of reading."""
    start = text[: 10 * LONGEST_SENTENCE]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in start).split())[:LONGEST_SENTENCE]
