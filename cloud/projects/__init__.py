"""Shared projects: who is in one and as what, how others are invited, tickets into a project's room."""
