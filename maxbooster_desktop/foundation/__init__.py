"""What everything stands on: errors and paths. Knows no music and no Qt; anything may import it."""
