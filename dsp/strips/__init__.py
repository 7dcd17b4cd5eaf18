"""The channel strip in SIMD lanes."""
