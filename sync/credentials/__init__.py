"""Where the secrets of a sign-in are kept. Every call may wait for a person or a bus: never on a window's thread."""
