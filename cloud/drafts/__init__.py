"""Drafts of releases, listings and schedules: what many devices edit offline comes together, and nothing is lost."""
