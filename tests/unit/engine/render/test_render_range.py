"""The range of a render: what cannot be rendered in a lifetime is refused before anything is made."""

import pytest

from maxbooster_desktop.engine.render.settings import RenderError, RenderSettings
from maxbooster_desktop.project.document.limits import HIGHEST_TICK
from tests.factories.engine_projects import RATE, Song, ones


@pytest.mark.parametrize("settings", [RenderSettings(), RenderSettings(to_tick=HIGHEST_TICK), RenderSettings(to_s=1e9)])
def test_a_clip_years_away_is_refused_by_a_sentence(settings: RenderSettings) -> None:
    song = Song()
    song.clip(song.track(), ones(100), HIGHEST_TICK)
    with pytest.raises(RenderError, match=r"hours long and at most 278 can be rendered; choose an earlier end"):
        settings.frame_range(song.state, RATE)


def test_an_earlier_end_is_the_way_out() -> None:
    song = Song()
    song.clip(song.track(), ones(100), HIGHEST_TICK)
    assert RenderSettings(to_s=2.0).frame_range(song.state, RATE) == (0, 2 * RATE)
