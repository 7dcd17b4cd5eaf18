"""The window. PySide6 is imported below this package only."""
