"""Plug-ins made by others, each in a process of its own: what they do there cannot harm the studio."""
