"""Max Booster Desktop, the application; start reading at docs/ARCHITECTURE.md."""

__version__ = "0.1.0"
