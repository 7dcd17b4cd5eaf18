"""What compliance does, one file per verb."""
