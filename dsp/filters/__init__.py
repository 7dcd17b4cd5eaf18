"""Filter design and kernels."""
