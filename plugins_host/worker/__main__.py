"""`python -m plugins_host.worker`: one plug-in in a process of its own.

Orders come as JSON, one a line, on what was standard input; answers leave likewise on what was standard output.
Before a plug-in is loaded both are put where it cannot reach them: what it prints goes nowhere.

    {"do": "describe", "path": ..., "rate": ...}                      answers {"about": {...}} and ends
    {"do": "host", "path", "rate", "memory", "wake", "values"}        loads and answers hops until its input ends
"""

import json
import mmap
import os
import sys
import threading
from typing import Any

from plugins_host.wire.layout import BYTES, shared_of
from plugins_host.worker.hops import HopWorker
from plugins_host.worker.minihost_back_end import MinihostPlugin

#: Exit statuses; a crash ends with a signal.
REFUSED, BROKEN = 3, 4


def main() -> int:
    """Obey the first order."""
    orders, answers = _own_pipes()
    order = json.loads(orders.readline() or "{}")
    try:
        plugin = MinihostPlugin(order["path"], order["rate"])
        for number, value in order.get("values", ()):
            plugin.set_parameter(number, value)
        plugin.settle()
    except (RuntimeError, ValueError, OSError) as error:
        _say(answers, {"refused": str(error)})
        return REFUSED
    if order["do"] == "describe":
        _say(answers, {"about": plugin.describe()})
        return 0
    _host(plugin, order)
    orders.read()
    # Whatever a plug-in does at its end has been met in the wild; nothing of ours is left to be done.
    os._exit(0)


def _own_pipes() -> tuple[Any, Any]:
    """Return orders and answers; what is called standard input and output from now on leads nowhere."""
    orders = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return orders, answers


def _host(plugin: MinihostPlugin, order: dict[str, Any]) -> None:
    memory = mmap.mmap(order["memory"], BYTES)
    os.close(order["memory"])
    worker = HopWorker(plugin, shared_of(memory), order["wake"])
    threading.Thread(target=_answer, args=(worker,), name="hops", daemon=True).start()


def _answer(worker: HopWorker) -> None:
    try:
        worker.run()
    except Exception:  # noqa: BLE001 - whatever it was, the studio has to see it as the end of the plug-in
        os._exit(BROKEN)


def _say(answers: Any, what: dict[str, Any]) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)
