"""What the status bar says of sounds that travel."""

import pytest

from maxbooster_desktop.cloudlink.sound_standing import SoundStanding


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        (SoundStanding(40), ""),
        (SoundStanding(40, arriving=12), "12 of 40 sounds arrive"),
        (SoundStanding(1, arriving=1), "1 of 1 sound arrives"),
        (SoundStanding(3, leaving=2, is_paused=True), "2 sounds to send (paused)"),
        (
            SoundStanding(3, arriving=1, leaving=1, is_metered=True),
            "1 of 3 sounds arrives, 1 sound to send (waiting for an unmetered connection)",
        ),
    ],
)
def test_a_moment_is_one_sentence(standing, sentence):
    assert standing.sentence == sentence


def test_what_is_wrong_comes_before_what_is_waited_for():
    assert SoundStanding(2, arriving=2, unsent=2).reason == "2 sounds wait for whoever has them to come online."
    assert SoundStanding(2, arriving=2, unsent=2, problems=("Your storage is used up.",)).reason.startswith("Your")
