"""Who said what in a shared document: comments name the account that wrote them; everything else is the band's work.

The register `c` of a comment is a list that begins with its author's account and name; its text comes last but for what
a later version adds.
"""

from sync.document.codec import Value
from sync.document.grammar import Address, key_of
from sync.document.register_document import RegisterDocument

ROOT = "comments"
_SAID = "c"
_NAME, _TEXT = 1, 5


def comments_of(document: RegisterDocument, account: str) -> dict[str, tuple[Value, ...]]:
    """Return what an account has said, by comment."""
    found = {}
    for comment in document.entities(ROOT):
        said = document.value(ROOT, key_of(comment, _SAID))
        if isinstance(said, tuple) and said and said[0] == account:
            found[comment] = said
    return found


def without_author(
    document: RegisterDocument, account: str, stand_in: str, name: str, text: str
) -> dict[Address, Value]:
    """Return the changes after which a document tells nothing of an author: threads stay, what they said does not."""
    changes: dict[Address, Value] = {}
    for comment, said in comments_of(document, account).items():
        is_known = len(said) > _TEXT
        kept = (stand_in, name, *said[_NAME + 1 : _TEXT], text) if is_known else None
        changes[ROOT, key_of(comment, _SAID)] = kept
    return changes
