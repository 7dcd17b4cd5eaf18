"""An edit in a file whose kernels are inlined elsewhere changes the cache key and the sound.

numba notices an edit in the file of a cached function only, so it would bring back the old machine code: this runs
the real `dsp/core/compiled.py` on a copy of a tiny package, in processes of their own, as an edit between two starts.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.architecture.source_tree import ROOT

_INLINED = '''"""A gain."""
from dsp.core.compiled import inlined

@inlined
def gain(x):
    return x * {factor}
'''
_CALLER = '''"""A loop around an inlined gain."""
import json
import numpy as np
from dsp.core import compiled
from dsp.loud.gain import gain

@compiled.njit_kernel
def render(block):
    for n in range(block.size):
        block[n] = gain(block[n])

if __name__ == "__main__":
    block = np.ones(4, np.float32)
    render(block)
    hits = sum(render.stats.cache_hits.values())
    print(json.dumps({"key": compiled.cache_key(), "sound": float(block[3]), "hits": hits}))
'''


@pytest.fixture
def package(tmp_path):
    core = tmp_path / "checkout" / "dsp" / "core"
    core.mkdir(parents=True)
    shutil.copy(ROOT / "dsp/core/compiled.py", core)
    loud = core.parent / "loud"
    loud.mkdir()
    for folder in (core.parent, core, loud):
        (folder / "__init__.py").write_text("", encoding="utf-8")
    (loud / "caller.py").write_text(_CALLER, encoding="utf-8")
    return core.parents[1]


def _write_gain(checkout, factor):
    (checkout / "dsp/loud/gain.py").write_text(_INLINED.format(factor=factor), encoding="utf-8")


def _run(checkout):
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    ran = subprocess.run(
        [sys.executable, "-m", "dsp.loud.caller"],
        cwd=checkout,
        env={**environment, "MAXBOOSTER_KERNEL_CACHE": str(checkout.parent / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_an_edit_of_an_inlined_function_is_heard(package):
    _write_gain(package, 2.0)
    first, again = _run(package), _run(package)
    assert first == {"key": first["key"], "sound": 2.0, "hits": 0}
    assert again == {"key": first["key"], "sound": 2.0, "hits": 1}
    _write_gain(package, 3.0)
    edited = _run(package)
    assert edited["key"] != first["key"]
    assert edited["sound"] == 3.0
