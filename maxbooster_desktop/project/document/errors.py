"""Expected failures of the project document.

MaxBoosterError
+-- EditError           an edit that cannot be made as asked
+-- DamagedRecordError  an op record that cannot be read
+-- DamagedStateError   a stored state that cannot be read
"""

from maxbooster_desktop.foundation.errors import MaxBoosterError


class EditError(MaxBoosterError):
    """An edit that cannot be made; nothing was written."""


class DamagedRecordError(MaxBoosterError):
    """Bytes of an op record that cannot be read."""


class DamagedStateError(MaxBoosterError):
    """Bytes of a stored state that cannot be read; the document can be projected instead."""
