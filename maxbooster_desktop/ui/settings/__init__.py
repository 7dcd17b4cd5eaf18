"""Audio settings and preferences."""
