"""The arranger: clips on tracks over time."""
