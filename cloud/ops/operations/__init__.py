"""What an operator can do, one file per verb."""
