"""The feed asks for sounds once for each state: what is missing is not looked for again and again."""

import threading
import time

from maxbooster_desktop.actions.engine_feed import EngineFeed
from maxbooster_desktop.engine.media.pool import MediaPool
from tests.factories.audio_files import noise, write_audio
from tests.factories.sound_projects import SoundsWhereTheyLie, project_of


class _Engine:
    def __init__(self):
        self.shown, self.came = [], threading.Event()

    def show(self, state, pool):
        self.shown.append(state)
        self.came.set()


def test_a_missing_sound_leaves_the_feed_at_rest(tmp_path):
    places = SoundsWhereTheyLie()
    path = write_audio(tmp_path / "a.wav", noise(1_000))
    asset = places.asset(path)
    path.unlink()
    pool, engine, told = MediaPool(places, 48_000, tmp_path / "cache"), _Engine(), []
    pool.subscribe(told.append)
    feed = EngineFeed(engine, pool, print)
    state = project_of([("A", asset, 0)])
    feed.offer(None, state)
    assert pool.wait([asset.id], 10.0)
    assert engine.came.wait(10.0)
    count = len(told)
    time.sleep(0.2)
    assert len(told) <= count + 1
    feed.offer(None, project_of([("B", asset, 0)]))
    end = time.monotonic() + 10.0
    while len(told) <= count and time.monotonic() < end:
        time.sleep(0.01)
    assert len(told) > count, "a new state looks again"
    feed.close()
    pool.close()
