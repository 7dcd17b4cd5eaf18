"""Files and project sounds, with preview."""
