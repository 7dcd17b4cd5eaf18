"""What an import says when it cannot take a file."""

from maxbooster_desktop.foundation.errors import MaxBoosterError


class AudioRefusedError(MaxBoosterError):
    """A file that is not usable sound; the sentence names the file, the reason and the way out."""


class ImportCancelledError(MaxBoosterError):
    """The person cancelled; the project and its folder are as before."""
