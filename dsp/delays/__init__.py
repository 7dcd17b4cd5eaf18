"""Delay lines."""
