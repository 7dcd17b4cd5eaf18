"""What the desktop and the cloud share about documents and messages."""
