"""A fade that runs on over a split is drawn in the other half as before the split, and goes with its neighbour."""

import numpy as np
import pytest

from maxbooster_desktop.project.edits import clips
from maxbooster_desktop.ui.arranger.hits import CLIP_HEADER_PX

BAR = 3840
#: Beside the seam: a clip's last pixel is free, and lines are smooth.
SEAM_PX = 3


def body(bench, left, right):
    """Return the pixels between two x of the first row, below the headers of clips."""
    bench.settle()
    image = bench.view.canvas.grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    row = bench.view.scene.rect_of(bench.a)
    return pixels[round(row.y) + CLIP_HEADER_PX : round(row.bottom) - 1, round(left) : round(right)].copy()


@pytest.mark.parametrize(("fade_in_ms", "fade_out_ms", "carrier"), [(3000.0, 500.0, 0), (500.0, 3000.0, 1)])
def test_a_carried_fade_is_drawn_as_before_the_split_and_goes_with_its_neighbour(
    bench, fade_in_ms, fade_out_ms, carrier
):
    rect = bench.view.scene.rect_of(bench.one)
    middle = rect.x + rect.width / 2
    sides = ((rect.x, middle - SEAM_PX), (middle + SEAM_PX, rect.right - SEAM_PX))
    plain = [body(bench, *side) for side in sides]
    bench.project.do(clips.set_clip_fades, bench.one, fade_in_ms=fade_in_ms, fade_in_curve=0.4, fade_out_ms=fade_out_ms)
    whole = [body(bench, *side) for side in sides]
    [right] = bench.project.do(clips.split_clips, (bench.one,), 3 * BAR).created
    split = [body(bench, *side) for side in sides]
    assert [(before == after).all() for before, after in zip(whole, split, strict=True)] == [True, True]

    halves = (bench.one, right)
    bench.project.do(clips.move_clips, (halves[carrier],), 3 * BAR)
    other = 1 - carrier
    alone = body(bench, *sides[other])
    assert (alone != split[other]).any()
    # What the other half sets itself stays; without that nothing is left of any fade.
    bench.project.do(clips.set_clip_fades, halves[other], fade_in_ms=0.0, fade_out_ms=0.0)
    assert (body(bench, *sides[other]) == plain[other]).all()
