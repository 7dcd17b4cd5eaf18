"""Offline rendering through the same compiled program, and the files it writes."""
