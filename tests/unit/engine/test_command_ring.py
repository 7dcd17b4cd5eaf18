"""The ring of commands: full, crowded, and behind a program that is not there yet."""

import threading

import numpy as np

from maxbooster_desktop.engine.commands import CommandRing
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.realtime.arrays import new_runtime
from tests.factories.engine_projects import Song, StillLive, ones


def test_a_full_ring_refuses_and_works_again_once_it_was_read():
    song = Song()
    song.clip(song.track(), ones(1_000_000))
    live = StillLive(song, play=False)
    live.run(64)
    numbers = [live.ring.send(at.CMD_SEEK, n) for n in range(at.COMMAND_CAPACITY + 10)]
    assert all(numbers[: at.COMMAND_CAPACITY])
    assert not any(numbers[at.COMMAND_CAPACITY :])
    live.run(64)
    assert live.cell(at.POSITION) == at.COMMAND_CAPACITY - 1
    assert live.ring.send(at.CMD_PLAY)
    assert live.run(6_400)[0, -1] == 1.0


def test_values_that_found_no_place_arrive_with_the_next_state():
    song = Song()
    track = song.track()
    song.clip(track, ones(1_000_000))
    live = StillLive(song)
    live.run(6_400)
    while live.ring.send(at.CMD_PLAY):
        pass
    live.live.touch(track, "gain_db", -20.0)
    live.run(640)
    song.set(track, pan=0.0)
    live.show()
    np.testing.assert_allclose(live.run(6_400)[0, -1], 0.1, rtol=1e-6)


def test_twenty_threads_lose_nothing():
    runtime = new_runtime(48_000, 8, is_live=True)
    ring = CommandRing(runtime)
    each = 200

    def work(thread):
        for number in range(each):
            assert ring.send(at.CMD_VALUE, thread, number, float(number), 1)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = runtime.commands[: 20 * each]
    assert runtime.cells[at.COMMANDS_WRITTEN] == 20 * each
    for thread in range(20):
        mine = written[written[:, 2] == thread]
        np.testing.assert_array_equal(mine[:, 3], np.arange(each))


def test_states_from_several_threads_end_with_the_last_numbers():
    song = Song()
    tracks = [song.track() for _ in range(8)]
    for track in tracks:
        song.clip(track, ones(1_000_000))
    live = StillLive(song)
    live.run(640)

    def touch(track):
        for step in range(100):
            live.live.touch(track, "gain_db", -float(step))
            if step % 20 == 0:
                live.show()

    threads = [threading.Thread(target=touch, args=(track,)) for track in tracks]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        live.run(64)
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(live.run(9_600)[0, -1], 8 * 10 ** (-99 / 20), rtol=1e-5)
