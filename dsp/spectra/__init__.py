"""Sound as spectra: a Fourier transform of both sides at once, and convolution by it."""
