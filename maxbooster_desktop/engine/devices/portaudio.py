"""PortAudio: which sound systems and devices there are, and a stream that calls compiled code.

`sounddevice._StreamBase` takes a C function pointer as callback, so PortAudio's thread runs our machine code and
never meets the interpreter. PortAudio keeps the list of devices it saw when it started; `refresh` makes it look
again (no stream may be open then).

A stream that does not close in time is left behind. What a JACK server needs beyond that is in `jack_server`.
"""

import importlib
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.devices import jack_server
from maxbooster_desktop.engine.devices.choice import DeviceChoice, DeviceInfo, HostInfo
from maxbooster_desktop.foundation.errors import MaxBoosterError

_DEFAULT_NAME = "the default device"
_NO_INPUT = "No input device is connected; plug in a microphone or an interface, or choose one in the audio settings."
_CLOSE_PATIENCE_S = 2.0
#: Streams that PortAudio is still ending: their callback data must stay as long.
_left_behind: list["DeviceStream"] = []
#: What opening a stream answers when the JACK server has died unnoticed: no memory, no such device.
_SIGNS_OF_A_DEAD_SERVER = (-9992, -9985)


class DeviceError(MaxBoosterError):
    """A sound device cannot be listed or opened."""


def _sounddevice() -> Any:
    """Import sounddevice late: it loads PortAudio, which may be missing and takes a while with some drivers."""
    try:
        sd = importlib.import_module("sounddevice")
    except OSError as error:
        raise DeviceError(
            "PortAudio is missing, so nothing can be heard; install it (on Debian: apt-get install libportaudio2)."
        ) from error
    jack_server.spare_at_exit(sd)
    return sd


def refresh() -> None:
    """Let PortAudio look for devices again; no stream may be open.

    With a living JACK client the list stays as it is. Raises DeviceError while a stream that hangs is being ended, and
    where sound needs another start of the program.
    """
    sd = _sounddevice()
    _left_behind[:] = [stream for stream in _left_behind if stream.is_stuck]
    if _left_behind:
        raise DeviceError(f"{_left_behind[0].name} has stopped answering; sound comes back when it does.")
    if jack_server.is_lost():
        _begin_anew(sd)
    elif not jack_server.holds_client(sd):
        sd._terminate()  # noqa: SLF001 - the only way PortAudio offers to notice a device that was plugged in
        sd._initialize()  # noqa: SLF001 - as above


def _begin_anew(sd: Any) -> None:
    try:
        jack_server.begin_anew(sd)
    except (OSError, AttributeError) as problem:  # no such call outside Linux
        raise DeviceError("The JACK server has ended; restart Max Booster to hear sound again.") from problem


class AudioDevices:
    """The sound systems of this computer."""

    def list(self) -> list[HostInfo]:
        """Return every sound system with its devices; empty where there is none. Raises DeviceError."""
        sd = _sounddevice()
        try:
            devices, hosts = list(sd.query_devices()), list(sd.query_hostapis())
        except sd.PortAudioError as error:
            raise DeviceError(f"The sound devices cannot be listed: {error}.") from error
        return [_host_info(host, devices) for host in hosts]


def _host_info(host: dict[str, Any], devices: list[dict[str, Any]]) -> HostInfo:
    def name_of(index: int) -> str:
        return str(devices[index]["name"]) if index >= 0 else ""

    return HostInfo(
        name=str(host["name"]),
        devices=tuple(
            DeviceInfo(
                str(devices[index]["name"]),
                int(devices[index]["max_output_channels"]),
                int(devices[index]["max_input_channels"]),
                round(devices[index]["default_samplerate"]),
            )
            for index in host["devices"]
        ),
        default_output=name_of(host["default_output_device"]),
        default_input=name_of(host["default_input_device"]),
    )


class DeviceStream:
    """An open output, with an input or without, whose callback is compiled code.

    Args:
        choice: the devices to open.
        callback_address: address of a PaStreamCallback.
        make_user_data: returns int64 cells for the callback, given the numbers of output and of input channels;
            without the first one the callback ends the stream and counts that in the last.
        most_inputs: how many channels of the chosen input to open at most; 0 opens no input.
    """

    def __init__(
        self,
        choice: DeviceChoice,
        callback_address: int,
        make_user_data: Callable[[int, int], npt.NDArray[np.int64]],
        *,
        most_inputs: int = 0,
    ) -> None:
        self._sd = _sounddevice()
        self._closing, self._is_closed = threading.Lock(), False
        self._closer: threading.Thread | None = None
        device = _device_index(self._sd, choice, is_input=False)
        source = _device_index(self._sd, choice, is_input=True) if most_inputs else None
        self._is_jack = "JACK" in self._sd.query_hostapis(self._sd.query_devices(device)["hostapi"])["name"]
        channels = _channels_for(self._sd, choice, device)
        self.inputs = 0 if source is None else _inputs_of(self._sd, source, most_inputs)
        self._user_data = make_user_data(channels, self.inputs)
        try:
            if source is None:
                self._stream = self._open(choice, "output", device, channels, callback_address)
            else:
                both = (source, device), (self.inputs, channels)
                self._stream = self._open(choice, "duplex", *both, callback_address)
            self._stream.start()
        except (self._sd.PortAudioError, ValueError) as error:
            if self._is_jack and error.args[-1] in _SIGNS_OF_A_DEAD_SERVER:
                jack_server.note_death()
            raise DeviceError(_refusal(choice, error)) from error
        latency = self._stream.latency
        self.latency_s = float(latency if source is None else latency[1])
        self.input_latency_s = 0.0 if source is None else float(latency[0])
        self.name = str(self._sd.query_devices(device)["name"])

    def _open(self, choice: DeviceChoice, kind: str, device: Any, channels: Any, address: int) -> Any:
        """Open "output", or "duplex" with a pair (input, output) of devices and of channel counts."""
        ffi = self._sd._ffi  # noqa: SLF001 - library authors' way in, see the class docstring of _StreamBase
        return self._sd._StreamBase(  # noqa: SLF001 - as above
            kind=kind,
            samplerate=choice.sample_rate,
            blocksize=choice.block_frames,
            device=device,
            channels=channels,
            dtype="float32",
            latency=choice.block_frames / choice.sample_rate,
            extra_settings=None,
            callback=ffi.cast("PaStreamCallback*", address),
            finished_callback=None,
            clip_off=True,
            dither_off=True,
            never_drop_input=None,
            prime_output_buffers_using_stream_callback=None,
            userdata=ffi.cast("void*", self._user_data.ctypes.data),
            wrap_callback=None,
        )

    @property
    def load(self) -> float:
        """Share of a block's time the callback takes, 0..1, as PortAudio measures it; 0 once closed."""
        with self._closing:
            return 0.0 if self._is_closed else float(self._stream.cpu_load)

    def close(self) -> None:
        """Stop and close; a device that has vanished may refuse, and is gone all the same."""
        with self._closing:
            self._is_closed = True
        self._closer = threading.Thread(target=self._end, name="device-close", daemon=True)
        self._closer.start()
        self._closer.join(_CLOSE_PATIENCE_S)
        if self.is_stuck:
            _left_behind.append(self)

    def _end(self) -> None:
        if self._is_jack:
            jack_server.part_from(self._stream, self._user_data)
        else:
            self._stream.close()

    @property
    def is_stuck(self) -> bool:
        """Whether it was closed and PortAudio has not come back from that."""
        return self._closer is not None and self._closer.is_alive()


def _device_index(sd: Any, choice: DeviceChoice, *, is_input: bool) -> int:
    """Return PortAudio's index of the chosen output or input; raises DeviceError naming it."""
    chosen, word = (choice.input_device, "input") if is_input else (choice.output_device, "output")
    hosts, devices = sd.query_hostapis(), sd.query_devices()
    if choice.host_api and choice.host_api not in [host["name"] for host in hosts]:
        raise DeviceError(f"The sound system {choice.host_api} is not there; choose another in the audio settings.")
    host = next((host for host in hosts if host["name"] == choice.host_api), None)
    if chosen:
        wanted = host["devices"] if host else range(len(devices))
        for index in wanted:
            if devices[index]["name"] == chosen and devices[index][f"max_{word}_channels"]:
                return int(index)
        raise DeviceError(f"{chosen} is not connected; plug it in or choose another {word} device.")
    index = host[f"default_{word}_device"] if host else sd.default.device[0 if is_input else 1]
    if index is None or int(index) < 0:
        raise DeviceError(_NO_INPUT if is_input else "No sound device is connected; everything but live sound works.")
    return int(index)


def _inputs_of(sd: Any, device: int, most: int) -> int:
    """Return how many input channels to open; raises DeviceError when there is none."""
    inputs = min(int(sd.query_devices(device)["max_input_channels"]), most)
    if inputs < 1:
        raise DeviceError(_NO_INPUT)
    return inputs


def _channels_for(sd: Any, choice: DeviceChoice, device: int) -> int:
    """Return how many channels to open: enough for the chosen ones."""
    most = int(sd.query_devices(device)["max_output_channels"])
    wanted = max((*choice.output_channels, 1))
    if wanted > most:
        raise DeviceError(f"The output device has {most} channels, not {wanted}; choose channels it has.")
    return max(wanted, min(2, most))


def _refusal(choice: DeviceChoice, error: Exception) -> str:
    name = choice.output_device or _DEFAULT_NAME
    return (
        f"{name[0].upper()}{name[1:]} cannot be opened at {choice.sample_rate} Hz with blocks of "
        f"{choice.block_frames} frames ({error}); try another rate or block size in the audio settings."
    )
