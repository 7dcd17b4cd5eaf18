"""Sound: pure numpy and numba kernels, one family per folder. Imports nothing of the application."""
