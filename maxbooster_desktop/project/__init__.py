"""The project: its document, the edits to it, its storage and its imports. No Qt, no sound."""
