"""How kernels are compiled, and the few intrinsics they share."""
