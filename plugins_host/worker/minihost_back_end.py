"""The back end on minihost: VST3 plug-ins, without their editors."""

import time
from typing import Any

import minihost
import numpy as np

from plugins_host.worker.port import Hop

HOP_FRAMES = 64
#: A parameter of so few steps is shown as a choice of words.
_MOST_WORDS = 32
_SETTLE_S = 0.03
#: What is exposed of a plug-in with thousands of parameters.
_MOST_PARAMETERS = 512


class MinihostPlugin:
    """A plug-in in minihost; what has one channel gets the mean of two and plays on both."""

    def __init__(self, path: str, sample_rate: int) -> None:
        self._about: dict[str, Any] = minihost.probe(path)
        self._plugin = minihost.Plugin(path, sample_rate=float(sample_rate), max_block_size=HOP_FRAMES)
        self._inputs = int(self._plugin.num_input_channels)
        self._outputs = int(self._plugin.num_output_channels)
        self._into = np.zeros((max(1, self._inputs), HOP_FRAMES), np.float32)
        self._back = np.zeros((max(1, self._outputs), HOP_FRAMES), np.float32)
        self._is_stereo = self._inputs == 2 and self._outputs == 2

    @property
    def latency_frames(self) -> int:
        """The plug-in's own delay."""
        return int(self._plugin.latency_samples)

    def describe(self) -> dict[str, object]:
        """Return what the catalogue keeps of it."""
        return {
            "name": str(self._about["name"]),
            "vendor": str(self._about["vendor"]),
            "version": str(self._about["version"]),
            "unique_id": str(self._about["unique_id"]),
            "inputs": self._inputs,
            "outputs": self._outputs,
            "takes_notes": bool(self._about["accepts_midi"]),
            "latency_frames": self.latency_frames,
            "parameters": self._parameters(),
        }

    def _parameters(self) -> list[dict[str, object]]:
        listed = []
        for number in range(self._plugin.num_params):
            about = self._plugin.get_param_info(number)
            if not about["is_automatable"]:
                continue
            steps = 2 if about["is_boolean"] else int(about["num_steps"])
            listed.append(
                {
                    "number": number,
                    "id": str(about["id"]),
                    "title": str(about["name"]),
                    "unit": str(about["label"]),
                    "default": float(about["default_value"]),
                    "words": self._words(number, steps) if 2 <= steps <= _MOST_WORDS else [],
                }
            )
        return listed[:_MOST_PARAMETERS]

    def _words(self, number: int, steps: int) -> list[str]:
        """Return what a parameter shows at each of its steps; nothing when that tells them not apart."""
        words = [str(self._plugin.param_to_text(number, step / (steps - 1))).strip() for step in range(steps)]
        return words if all(words) and len(set(words)) == steps else []

    def settle(self) -> None:
        """Let what was set take effect: plug-ins hear of parameters with sound, and tell of their delay later."""
        silence = np.zeros((2, HOP_FRAMES), np.float32)
        self.process(silence, np.zeros_like(silence))
        time.sleep(_SETTLE_S)

    def set_parameter(self, number: int, value: float) -> None:
        """Set a parameter, 0..1, from the next hop on."""
        self._plugin.set_param(number, value)

    def process(self, into: Hop, back: Hop) -> None:
        """Turn one hop into another."""
        if self._is_stereo:
            self._plugin.process(into, back)
            return
        if self._inputs == 1:
            np.mean(into, axis=0, out=self._into[0])
        elif self._inputs:
            self._into[:2] = into
        self._plugin.process(self._into, self._back)
        back[0], back[1] = self._back[0], self._back[-1 if self._outputs < 2 else 1]

    def state(self) -> bytes:
        """Return everything the plug-in wants to find again."""
        return bytes(self._plugin.get_state())

    def restore(self, state: bytes) -> None:
        """Bring back what `state` returned. Raises ValueError when the plug-in does not take it."""
        try:
            self._plugin.set_state(state)
        except RuntimeError as error:
            raise ValueError(f"the plug-in does not take its state back ({error})") from error
