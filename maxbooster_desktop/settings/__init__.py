"""Declared settings: id, type, default, bounds; stored as JSON in the config folder.

`declared.py` lists them; `store.py` reads and writes them.
"""
