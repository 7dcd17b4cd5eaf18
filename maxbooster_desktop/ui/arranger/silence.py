"""Audio that is never there: what waveforms are drawn from while no project is open."""


class _NoAudio:
    def peaks(self, asset_id: str) -> None:
        """Return None: there is no audio."""

    def samples(self, asset_id: str) -> None:
        """Return None: there is no audio."""


NO_AUDIO = _NoAudio()
