"""Durable databases of one person's on this machine, for what waits to be synced; each says what is in its file."""
