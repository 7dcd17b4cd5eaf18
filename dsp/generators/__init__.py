"""Sound sources."""
