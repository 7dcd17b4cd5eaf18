"""Sound and other content of projects: named by its BLAKE3, uploaded in parts, verified before anybody sees it."""
