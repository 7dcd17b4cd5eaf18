"""Devices moved by a slow oscillator."""
