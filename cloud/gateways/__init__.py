"""The outside world behind ports that the domains declare, one package per kind of vendor."""
