"""Painted controls shared by the screens."""
