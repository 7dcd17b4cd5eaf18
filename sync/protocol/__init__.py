"""What the desktop and the cloud say to each other. Standard library only; every message knows its version."""
