"""Looks after the hosted plug-ins of one engine, several times a second, on a thread of its own."""

import threading
import time
from collections.abc import Callable

from plugins_host.client import HostedPlugin

_PERIOD_S = 0.05


class Watch:
    """Calls `told(plugin)` from its thread when a plug-in's condition has become another, or its delay."""

    def __init__(self, told: Callable[[HostedPlugin], None]) -> None:
        self._told = told
        self._plugins: dict[int, tuple[HostedPlugin, int]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, plugin: HostedPlugin) -> None:
        """Look after a plug-in from now on."""
        with self._lock:
            self._plugins[id(plugin)] = plugin, plugin.plugin_latency_frames
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="plugin-watch", daemon=True)
                self._thread.start()

    def remove(self, plugin: HostedPlugin) -> None:
        """Look after it no longer."""
        with self._lock:
            self._plugins.pop(id(plugin), None)

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(_PERIOD_S):
            with self._lock:
                looked_at = list(self._plugins.values())
            for plugin, latency in looked_at:
                is_news = plugin.look(time.monotonic())
                if is_news or plugin.plugin_latency_frames != latency:
                    with self._lock:
                        if id(plugin) in self._plugins:
                            self._plugins[id(plugin)] = plugin, plugin.plugin_latency_frames
                    self._told(plugin)
