"""Every undoable verb, one file per family; each opens one edit and returns the Change."""
