"""Channel strips with true meters."""
