"""What counts as a sample: one that is not finite, or absurdly loud, is taken as silence.

It would stay in a filter, a delay line or a sum for ever. The test `abs(sample) < LOUDEST_SAMPLE` is false for NaN too.
"""

import numpy as np

#: +600 dBFS: far beyond any sound, and its square is still finite in float64.
LOUDEST_SAMPLE = np.float32(1e30)
