"""The audio engine: start with session.py, then graph/ and realtime/."""
