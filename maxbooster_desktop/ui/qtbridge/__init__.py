"""Between Qt and the rest: workers, signal relay."""
