"""What webhooks do, a file for each group of verbs."""
