"""What bends a wave: saturation and the reduction of bits and rate."""
