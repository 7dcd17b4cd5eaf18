"""Working together: sign-in, sharing, joining, who is here, and what was overwritten."""
