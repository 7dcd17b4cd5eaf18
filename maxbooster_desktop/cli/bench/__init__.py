"""Benchmarks: one module each, with figures beside their limits."""
