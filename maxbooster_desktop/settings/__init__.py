"""Declared settings: id, type, default, bounds; stored as JSON in the config folder."""
