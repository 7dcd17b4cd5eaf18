"""A project on disk: op log, snapshots, versions, audio files. Start with project.py."""
