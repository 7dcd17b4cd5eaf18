"""What desktop and cloud say to each other, byte by byte. Standard library only; docs/sync-protocol.md describes it."""
