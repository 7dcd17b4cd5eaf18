"""What people can do with their accounts, one file per verb."""
