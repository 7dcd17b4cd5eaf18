"""Instruments: devices that turn notes into sound, each voice a row of plain numbers."""
