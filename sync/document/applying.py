"""Updates into the library's document; whatever it makes of bytes that are none becomes one error."""

from typing import TYPE_CHECKING, Any

from sync.document.errors import RefusedUpdateError

if TYPE_CHECKING:
    import pycrdt


def apply(document: "pycrdt.Doc[Any]", update: bytes) -> None:
    """Apply an update; raises RefusedUpdateError."""
    try:
        document.apply_update(update)
    except (ValueError, TypeError) as error:
        raise RefusedUpdateError(f"These {len(update)} bytes are not an update of a project document.") from error
    except BaseException as error:
        if not is_panic(error):
            raise
        raise RefusedUpdateError(f"These {len(update)} bytes are not an update of a project document.") from error


def is_panic(error: BaseException) -> bool:
    """Return whether the library panicked, which is a BaseException that nothing above would expect."""
    return type(error).__name__ == "PanicException"
