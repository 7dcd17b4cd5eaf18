"""How kernels are compiled: one set of flags, one on-disk cache that notices every edit.

Every module of `dsp` and of the audio callback decorates with `njit_kernel` or `cfunc_kernel` from here, so that
the cache folder is chosen before numba compiles anything. The folder's name is a digest of all kernel sources,
numba, llvmlite and the processor: numba itself does not notice an edit in a function that was inlined from
another file, and would bring the old sound back.

Flags: error_model numpy (a division cannot raise), no bounds checks, nogil, and the fast-math set that keeps NaN
checks ({reassoc, contract, arcp, nsz, afn}; `fastmath=True` lets LLVM delete them).
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import llvmlite
import llvmlite.binding
import numba
import numpy as np
from numba.extending import register_jitable

FASTMATH = {"reassoc", "contract", "arcp", "nsz", "afn"}
_KEPT_CACHES = 4
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_KERNEL_FOLDERS = (
    "dsp",
    os.path.join("maxbooster_desktop", "engine", "realtime"),
    os.path.join("plugins_host", "wire"),
)


def kernel_sources() -> Iterator[str]:
    """Yield the path of every source file whose edit may change compiled code, in a stable order."""
    for folder in _KERNEL_FOLDERS:
        for directory, folders, files in os.walk(os.path.join(_ROOT, folder)):
            folders.sort()
            yield from (os.path.join(directory, name) for name in sorted(files) if name.endswith(".py"))


def cache_key() -> str:
    """Return a digest of everything that decides what machine code comes out."""
    digest = hashlib.sha256()
    for path in kernel_sources():
        digest.update(os.path.relpath(path, _ROOT).encode())
        with open(path, "rb") as source:
            digest.update(hashlib.sha256(source.read()).digest())
    target = (
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        sys.version,
        llvmlite.binding.get_host_cpu_name(),
        str(llvmlite.binding.get_host_cpu_features().flatten()),
    )
    digest.update("\n".join(target).encode())
    return digest.hexdigest()[:24]


def cache_root() -> str:
    """Return the folder that holds the compiled kernels of every key (`MAXBOOSTER_KERNEL_CACHE` overrides it)."""
    chosen = os.environ.get("MAXBOOSTER_KERNEL_CACHE")
    if chosen:
        return chosen
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "maxbooster", "kernels")


def _choose_cache() -> str:
    folder = os.path.join(cache_root(), cache_key())
    os.makedirs(folder, exist_ok=True)
    os.utime(folder)
    # numba.config reads the variable at import; a child process inherits it.
    os.environ["NUMBA_CACHE_DIR"] = folder
    setattr(numba.config, "CACHE_DIR", folder)  # noqa: B010 - numba makes its settings at run time
    return folder


CACHE_FOLDER = _choose_cache()


def stale_caches() -> list[str]:
    """Return the cache folders beyond the newest few, oldest last, for whoever wants to delete them."""
    root = cache_root()
    folders = [os.path.join(root, name) for name in os.listdir(root)]
    newest_first = sorted((f for f in folders if os.path.isdir(f)), key=os.path.getmtime, reverse=True)
    return [folder for folder in newest_first[_KEPT_CACHES:] if folder != CACHE_FOLDER]


def njit_kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` lazily for the types it meets: no GIL, cached on disk, NaN checks kept."""
    return numba.njit(fastmath=FASTMATH, nogil=True, error_model="numpy", cache=True)(function)


def inner_kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that only other kernels call: no way in from Python, no cache entry of its own.

    The kernel that calls it is cached with this one inside, so wrappers and a file per function would be made for
    nobody.
    """
    # numba's own types do not list the last two options.
    compiler: Any = numba.njit
    return compiler(fastmath=FASTMATH, nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(
        function
    )


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small function that is copied into its callers, so that LLVM can vectorise across it."""
    return numba.njit(fastmath=FASTMATH, nogil=True, error_model="numpy", inline="always")(function)


def sized(function: Callable[..., Any]) -> Any:
    """Let kernels call a function of sizes that stays plain Python: a device's declaration asks it too."""
    return register_jitable(function)


def cfunc_kernel(signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a C callable with a fixed `signature`; its address is what a program or a host calls."""

    def compile_function(function: Callable[..., Any]) -> Any:
        return numba.cfunc(signature, fastmath=FASTMATH, nogil=True, error_model="numpy", cache=True)(function)

    return compile_function
