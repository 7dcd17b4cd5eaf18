"""Versions and branches of a project: what is different, and bringing part of it back. Start with `comparing.py`."""
