"""Updates into the library's document, and what they changed there.

Whatever the library makes of bytes that are no update becomes one error. What it has taken it cannot always tell of:
where items had waited for others and are gone by then, it panics when it is asked which registers changed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.document.codec import Value, read
from sync.document.errors import HalfAppliedError, PanickedError, RefusedUpdateError
from sync.document.grammar import Address

if TYPE_CHECKING:
    import pycrdt


def apply(document: "pycrdt.Doc[Any]", update: bytes) -> None:
    """Apply an update; raises RefusedUpdateError, HalfAppliedError where the library stopped in the middle of it."""
    try:
        document.apply_update(update)
    except BaseException as error:
        is_half = is_panic(error) or isinstance(error, RuntimeError)
        if not (is_half or isinstance(error, ValueError | TypeError)):
            raise
        kind = HalfAppliedError if is_half else RefusedUpdateError
        raise kind(f"These {len(update)} bytes are not an update of a project document.") from error


def is_panic(error: BaseException) -> bool:
    """Return whether the library panicked, which is a BaseException that nothing above would expect."""
    return type(error).__name__ == "PanicException"


@contextmanager
def asked() -> Iterator[None]:
    """Ask the library for what it holds; raises PanickedError, which ends no thread unless somebody lets it."""
    try:
        yield
    except BaseException as error:
        if not is_panic(error):
            raise
        raise PanickedError("The library gave up over this document; open it again.") from error


@dataclass(slots=True)
class Told:
    """What an update changed.

    Attributes:
        changed: each register that shows another item now: value before, value after.
        untold: roots of which the library could not say what changed.
    """

    changed: dict[Address, tuple[Value, Value]] = field(default_factory=dict)
    untold: set[str] = field(default_factory=set)

    def take(self, root: str, event: Any) -> None:
        """Copy what the library says of one root: its event is bound to the thread and to the transaction."""
        try:
            changes = event.keys
        except BaseException as error:
            if not is_panic(error):
                raise
            self.untold.add(root)
            return
        for key, change in changes.items():
            is_gone = change["action"] == "delete"
            new = None if is_gone else read(change.get("newValue"))
            self.changed[root, key] = read(change.get("oldValue")), new


def watch(shared: "pycrdt.Map[Any]", taken: Callable[[Any], None]) -> Any:
    """Subscribe to the changes of a root; `drop` of what is returned ends it.

    Straight from the library's own map: its wrapper reads the keys where nothing can catch what that raises.
    """
    return shared.integrated.observe(taken)
