"""How kernels are compiled, what a device is, and the arithmetic that every family of kernels shares."""
