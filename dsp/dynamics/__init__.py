"""Compressors and limiters."""
