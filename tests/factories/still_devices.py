"""Two sound systems with known devices, for tests of the settings dialog."""

from maxbooster_desktop.engine.devices.choice import DeviceInfo, HostInfo


class StillDevices:
    """Fits `AudioDevices`."""

    def list(self) -> tuple[HostInfo, ...]:
        """Return both."""
        return (
            HostInfo(
                "ALSA", (DeviceInfo("Built-in", 2, 2, 48_000), DeviceInfo("Stage box", 8, 16, 96_000)), "Built-in"
            ),
            HostInfo("JACK", (DeviceInfo("system", 2, 0, 48_000),), "system"),
        )
