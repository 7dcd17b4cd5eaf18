"""Gain, pan and fade laws."""
