"""How kernels are compiled, what a device is, and the kernels that belong to no family of sound."""
