"""A new project's registers: the master, 120 quarter notes a minute, four quarters to a bar."""

from maxbooster_desktop.project.document.ids import IdSource, new_id, random_id
from maxbooster_desktop.project.document.small_registers import PROJECT, meta_facets, signature_facets, tempo_facets
from maxbooster_desktop.project.document.state import MASTER, Meta, Track
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent
from maxbooster_desktop.project.document.track_registers import track_facets
from sync.document.codec import Value
from sync.document.grammar import Address, key_of
from sync.document.register_document import RegisterDocument

#: The format this version writes; documents with a greater `meta.format_version` are opened read-only.
FORMAT_VERSION = 1

FIRST_TEMPO = "tempo0"
FIRST_SIGNATURE = "signature0"


def new_document(
    name: str, sample_rate: int, ids: IdSource = random_id, *, is_rate_open: bool = False
) -> RegisterDocument:
    """Return the document of a new project, owned by the calling thread.

    Args:
        name: The project's name.
        sample_rate: Hz.
        ids: Where the project's id comes from; a seeded source makes it deterministic.
        is_rate_open: The first import may replace `sample_rate` by its own.
    """
    meta = Meta(new_id(ids), name, sample_rate, FORMAT_VERSION, is_rate_open=is_rate_open)
    changes: dict[Address, Value] = {}
    _put(changes, "meta", PROJECT, meta_facets(meta))
    _put(changes, "tracks", MASTER, track_facets(Track(MASTER, "master", "Master", "")))
    _put(changes, "tempo", FIRST_TEMPO, tempo_facets(TempoEvent(0, 120.0)))
    _put(changes, "tempo", FIRST_SIGNATURE, signature_facets(SignatureEvent(0, 4, 4)))
    document = RegisterDocument()
    document.write(changes, "new project")
    return document


def _put(changes: dict[Address, Value], root: str, entity: str, facets: dict[str, Value]) -> None:
    for facet, value in facets.items():
        changes[root, key_of(entity, facet)] = value
