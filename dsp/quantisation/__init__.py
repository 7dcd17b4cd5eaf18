"""From float samples to the integers of a file."""
