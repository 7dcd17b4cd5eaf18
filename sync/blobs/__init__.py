"""Sound between this machine and the cloud: the form it travels in, what waits, what is kept here."""
