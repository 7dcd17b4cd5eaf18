"""The first start: compiling every kernel, with a word about how far it is. Later starts find them in the cache.

One process compiles on one core, as the compiler holds Python's lock: a few compile side by side, each handed the
next module when it has done one. What they leave in the cache is then loaded here, and what a process that ended left
undone is compiled here: so nothing depends on them but how long it takes.
"""

import contextlib
import gc
import importlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, cast

import maxbooster_desktop

COMPILING = "Compiling the sound engine, first start only"
#: The compiler makes many short-lived objects beside many that last: collected as often as usual, a tenth of the time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
#: It takes a third of all, and what it needs of others with it: begun first, and no more than three are worth starting.
_LONGEST, _MOST_PROCESSES = "maxbooster_desktop.engine.realtime.callback", 3
_METERS = "maxbooster_desktop.engine.metering"
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
    names = _names()
    for number, _name in enumerate(compiled_beside(names), 1):
        told(number / len(names))
    load_all()
    told(1.0)


def load_all() -> None:
    """Load what was compiled; what was not is compiled here."""
    for name in _names():
        compile_one(name)


def _names() -> list[str]:
    return [_LONGEST, *(name for name in kernel_modules() if name != _LONGEST), _METERS]


def compile_one(name: str) -> None:
    """Compile what a module declares, or load it where that is done."""
    with _seldom_collected():
        module = importlib.import_module(name)
        if name == _METERS:
            module.compile_meters()


def compiled_beside(names: list[str]) -> Iterator[str]:
    """Compile modules in processes of their own, first come first; yield the name of each that is done."""
    context, waiting = multiprocessing.get_context("spawn"), names[::-1]
    processes: dict[Connection, Any] = {}
    try:
        # Where there is no room for as many, or for any, the rest is compiled where it is loaded.
        with contextlib.suppress(OSError):
            for _ in range(min(_MOST_PROCESSES, os.cpu_count() or 1)):
                _start(context, processes)
        while processes:
            for ours in cast("list[Connection]", wait(list(processes))):
                try:
                    done = ours.recv()
                    ours.send(waiting.pop() if waiting else "")
                except (EOFError, OSError):  # it has ended; what it had is compiled by whoever loads it
                    ours.close()
                    processes.pop(ours).join()
                    continue
                if done:
                    yield done
    finally:
        for ours, process in processes.items():
            ours.close()
            process.terminate()
            process.join()


def _start(context: Any, processes: dict[Connection, Any]) -> None:
    ours, theirs = context.Pipe()
    with theirs:
        # A daemon: it is ended when the program is.
        process = context.Process(target=_compile_what_comes, args=(theirs,), daemon=True)
        process.start()
    processes[ours] = process


def _compile_what_comes(end: Connection) -> None:
    """Say what is done, nothing at first, and compile what is answered, until that is nothing."""
    name = ""
    with contextlib.suppress(EOFError, OSError):  # the program has ended
        while True:
            end.send(name)
            name = end.recv()
            if not name:
                return
            # Whatever is wrong with it shows where it is loaded.
            with contextlib.suppress(Exception):
                compile_one(name)
