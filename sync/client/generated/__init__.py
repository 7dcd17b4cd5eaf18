"""The cloud as the desktop calls it. Written by `scripts/generate_client.py`: change that, never this."""
