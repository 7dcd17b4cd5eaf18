"""The page where somebody asks for a copy of their data, and fetches it."""
