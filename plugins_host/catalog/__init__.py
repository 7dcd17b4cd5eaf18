"""Which plug-ins this computer has, found by scanning and kept in a file."""
