"""Recording: what the callback captured, cut into takes to the sample, on disk while it is played."""
