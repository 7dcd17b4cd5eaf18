"""Which registers name blobs, content that travels outside the document: audio files and plug-in states.

An asset names its file by hash; a plug-in state names its blob. Tombstoned entities count too: undo may bring them
back, so what they name is still referenced.
"""

from sync.document.register_document import RegisterDocument

#: Place of the file's hash inside an asset's `a` register.
_FILE_HASH = 4


def blobs_named(document: RegisterDocument) -> frozenset[str]:
    """Return the hashes of all blobs that the document refers to."""
    named = set()
    for asset in document.entities("assets"):
        about = document.facets("assets", asset).get("a")
        if isinstance(about, tuple) and len(about) > _FILE_HASH and isinstance(about[_FILE_HASH], str):
            named.add(about[_FILE_HASH])
    for device in document.entities("plug"):
        state = document.facets("plug", device).get("st")
        if isinstance(state, tuple) and state and isinstance(state[0], str):
            named.add(state[0])
    return frozenset(hash_ for hash_ in named if isinstance(hash_, str) and hash_)
