"""The program's version, as `pyproject.toml` publishes it."""

VERSION = "0.1.0"
