"""What the registers of a project document mean: start with state.py, then projection.py."""
