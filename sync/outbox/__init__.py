"""Drafts on this machine: what the cloud has said, what a person changed since, and its way there.

`outbox.py` is what callers use, `syncing.py` what talks to the cloud. Nothing a person entered leaves the database
before the cloud has it or the person gave it up.
"""
