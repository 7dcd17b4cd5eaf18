"""Max Booster Desktop, the application; start reading at docs/ARCHITECTURE.md."""
