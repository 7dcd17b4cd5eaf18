"""The first start: compiling every kernel, with a word about how far it is. Later starts find them in the cache."""

import contextlib
import gc
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import maxbooster_desktop

COMPILING = "Compiling the sound engine, first start only"
#: The compiler makes many short-lived objects beside many that last: collected as often as usual, a tenth of the time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
_ROOT = Path(maxbooster_desktop.__file__).parent.parent


def _compiled() -> Any:
    return importlib.import_module("dsp.core.compiled")


def are_compiled() -> bool:
    """Return whether a start before has left compiled kernels in the cache."""
    return any(Path(_compiled().CACHE_FOLDER).rglob("*.nbi"))


def kernel_modules() -> Iterator[str]:
    """Yield the names of the modules that kernels are in."""
    for source in _compiled().kernel_sources():
        parts = Path(source).relative_to(_ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def compile_all(told: Callable[[float], None]) -> None:
    """Compile the kernels whose types are declared, and the meters; `told` gets the share done, 0..1. Slow.

    What else waits for its first call is compiled then.
    """
    names = tuple(kernel_modules())
    with _seldom_collected():
        for number, name in enumerate(names):
            told(number / len(names))
            importlib.import_module(name)
        importlib.import_module("maxbooster_desktop.engine.metering").compile_meters()
    told(1.0)
