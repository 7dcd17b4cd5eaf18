"""Expected failures of the project document.

MaxBoosterError
+-- EditError      an edit that cannot be made as asked
"""

from maxbooster_desktop.foundation.errors import MaxBoosterError


class EditError(MaxBoosterError):
    """An edit that cannot be made; nothing was written."""
