"""Meters: loudness, true peak, peak, RMS, correlation."""
