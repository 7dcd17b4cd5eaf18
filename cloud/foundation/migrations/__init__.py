"""The tables' history: `upgrade(address)` brings a database to the newest state. Steps lie in `versions/`."""
