"""Files of other programs into the project; every import returns a report."""
