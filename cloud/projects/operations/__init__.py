"""What can be done with a shared project, a file per verb or family of verbs."""
