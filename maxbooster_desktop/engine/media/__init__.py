"""Decoded audio as memory maps at the session rate, prefetching, and peak pyramids."""
