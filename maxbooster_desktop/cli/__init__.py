"""The headless commands; may import everything but Qt."""
