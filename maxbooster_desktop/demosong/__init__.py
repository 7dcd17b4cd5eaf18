"""The demo song: its score, its sounds and the edits that build it as a project."""
