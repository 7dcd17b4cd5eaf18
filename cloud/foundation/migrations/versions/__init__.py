"""One file per step, numbered in the order they run; a step that has been released is never edited."""
