"""A plug-in in its own process: what goes in comes out on its frame, and what the plug-in does harms nobody."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from plugins_host.client import HostedParameter, HostedPlugin
from plugins_host.wire.layout import BAD, CHANGES, CHANGES_READ, CHANGES_WRITTEN, DONE, OFFERED
from plugins_host.wire.link import live_latency_frames
from tests.factories.engine_projects import noise, ones
from tests.factories.vst3_plugins import (
    CRASH,
    DEED,
    DEED_DELAY_FRAMES,
    DELAY,
    HALVE,
    HANG,
    NOT_A_NUMBER,
    NOTHING,
    PRINT,
    STALL,
    Hosted,
    plugin_path,
)

#: A fade over one hop: no two samples of a constant 1 lie further apart, but for rounding.
_STEP = 1.0 / 64 + 1e-6


@pytest.fixture
def hosted():
    made = []

    def host(*args, **options):
        made.append(Hosted(*args, **options))
        return made[-1]

    yield host
    for each in made:
        each.close()


@pytest.fixture
def hostile(hosted):
    def host(**options):
        return hosted("Hostile", (DEED,), (0.0,), **options)

    return host


def _words(hosted, index):
    return int(hosted.plugin._shared.words[index])


@pytest.mark.parametrize("latency", [64, 192, 1_024])
def test_sound_comes_back_on_its_frame(hostile, latency):
    # Waited for, so that no busy machine can make a hop late.
    plugin = hostile(latency_frames=latency, is_live=False)
    sound = noise(64 * 60)
    heard = plugin.hops(sound, pause_s=0)
    assert np.array_equal(heard[:, latency:], sound[:, :-latency])
    assert not heard[:, :latency].any()


def test_pieces_of_any_length_give_the_same_sound(hostile):
    plugin = hostile(latency_frames=128, is_live=False)
    sound = noise(64 * 40)
    cuts = np.cumsum(np.random.default_rng(1).integers(1, 65, 60))
    parts = np.split(sound, cuts[cuts < sound.shape[1]], axis=1)
    heard = np.concatenate([plugin.hops(part, pause_s=0) for part in parts], axis=1)
    assert np.array_equal(heard[:, 128:], sound[:, :-128])


def test_a_parameter_moves_at_its_hop(hostile):
    plugin = hostile(latency_frames=128, is_live=False)
    before = plugin.hops(ones(64 * 10), pause_s=0)
    plugin.set(0, HALVE)
    after = plugin.hops(ones(64 * 10), pause_s=0)
    heard = np.concatenate([before, after], axis=1)[0, 128:]
    assert np.array_equal(heard[: 64 * 10], np.ones(64 * 10, np.float32))
    assert np.array_equal(heard[64 * 10 :], np.full(64 * 10 - 128, 0.5, np.float32))


def test_a_parameter_waits_for_its_hop_in_a_process_that_lags(hostile):
    plugin = hostile(latency_frames=2_048, is_live=False)
    os.kill(plugin.plugin._process.pid, signal.SIGSTOP)
    plugin.hops(ones(64 * 8), pause_s=0)
    plugin.set(0, HALVE)
    plugin.hops(ones(64 * 8), pause_s=0)
    os.kill(plugin.plugin._process.pid, signal.SIGCONT)
    heard = plugin.hops(ones(64 * 40), pause_s=0)[0, 64 * 16 :]
    assert np.array_equal(heard[: 64 * 8], np.ones(64 * 8, np.float32))
    assert np.array_equal(heard[64 * 8 :], np.full(64 * 16, 0.5, np.float32))


def test_touched_parameters_are_set_before_the_first_hop(hostile):
    plugin = hostile(latency_frames=64, is_live=False, touched={0: HALVE})
    assert np.array_equal(plugin.hops(ones(640), pause_s=0)[0, 64:], np.full(576, 0.5, np.float32))


@pytest.mark.parametrize(("name", "moved"), [("MVerb", 4), ("3BandEQ", 1)])
def test_a_real_plugin_changes_the_sound_the_same_every_time(hosted, name, moved):
    heard = []
    for _ in range(2):
        plugin = hosted(name, (HostedParameter(moved, 1.0),), (0.5,), is_live=False, latency_frames=1_024)
        plugin.set(0, 1.0)
        heard.append(plugin.hops(noise(64 * 200), pause_s=0))
    assert np.array_equal(heard[0], heard[1])
    assert np.abs(heard[0][:, 1_024:] - noise(64 * 200)[:, :-1_024]).max() > 0.01


def test_a_crash_fades_to_the_sound_that_went_in(hostile):
    plugin = hostile()
    plugin.hops(ones(64 * 20))
    plugin.set(0, CRASH)
    fading = plugin.hops(ones(64 * 20))
    assert plugin.wait_for("crashed") < 1.0
    assert plugin.plugin.reason == "signal 11 ended it"
    after = plugin.hops(ones(64 * 20))
    heard = np.concatenate([fading, after], axis=1)
    assert np.abs(np.diff(heard[0])).max() <= _STEP
    assert (after[:, -64:] == 1.0).all()


def test_a_hang_is_passed_by_after_a_second_and_its_process_ended(hostile):
    plugin = hostile()
    process = plugin.plugin._process
    plugin.set(0, HANG)
    plugin.hops(ones(64 * 20))
    assert 0.5 < plugin.wait_for("hung") < 3.0
    assert process.poll() is not None
    assert (plugin.hops(ones(64 * 4))[:, -64:] == 1.0).all()


def test_a_plugin_that_rests_does_not_hang(hostile):
    plugin = hostile()
    plugin.hops(ones(64 * 20))
    for _ in range(25):
        plugin.plugin.look(time.monotonic())
        time.sleep(0.05)
    assert plugin.plugin.condition == "running"


def test_a_late_hop_is_faded_and_counted_and_the_next_in_time_is_heard(hostile):
    plugin = hostile()
    plugin.hops(ones(64 * 20), pause_s=0.004)
    before = plugin.plugin.late_hops
    plugin.set(0, STALL)
    stalled = plugin.hops(ones(64 * 30), pause_s=0.002)
    assert plugin.plugin.late_hops - before >= 20
    assert (stalled[:, -640:] == 0.0).all()
    plugin.set(0, NOTHING)
    deadline = time.monotonic() + 10
    while _words(plugin, DONE) < _words(plugin, OFFERED) and time.monotonic() < deadline:
        time.sleep(0.01)
    recovered = plugin.hops(ones(64 * 40), pause_s=0.004)
    heard = np.concatenate([stalled, recovered], axis=1)
    assert np.abs(np.diff(heard[0])).max() <= _STEP
    assert (recovered == 1.0).any()
    assert plugin.plugin.condition == "running"


def test_what_is_no_number_becomes_silence_and_is_counted(hostile):
    plugin = hostile(is_live=False)
    plugin.set(0, NOT_A_NUMBER)
    heard = plugin.hops(ones(64 * 10), pause_s=0)
    assert (heard == 0.0).all()
    assert _words(plugin, BAD) == 2 * 64 * 9


def test_what_is_no_number_does_not_reach_a_plugin(hostile):
    plugin = hostile(is_live=False)
    poisoned = ones(64 * 3)
    poisoned[:, 10] = np.nan
    assert np.isfinite(plugin.hops(poisoned, pause_s=0)).all()
    assert _words(plugin, BAD) == 0


def test_what_a_plugin_prints_is_heard_by_nobody(hostile, capfd):
    plugin = hostile()
    plugin.set(0, PRINT)
    # More than a pipe holds that nobody reads.
    plugin.hops(ones(64 * 5_000), pause_s=0.00002)
    deadline = time.monotonic() + 10
    while _words(plugin, DONE) < _words(plugin, OFFERED):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert capfd.readouterr() == ("", "")


def test_a_new_delay_is_noticed(hostile):
    plugin = hostile(is_live=False)
    assert plugin.plugin.plugin_latency_frames == 0
    plugin.set(0, DELAY)
    for _ in range(100):
        plugin.hops(ones(64 * 16), pause_s=0.001)
        if plugin.plugin.plugin_latency_frames:
            break
    assert plugin.plugin.plugin_latency_frames == DEED_DELAY_FRAMES


def test_a_delay_that_a_parameter_makes_is_known_when_the_plugin_is_loaded(hostile):
    assert hostile(is_live=False, touched={0: DELAY}).plugin.plugin_latency_frames == DEED_DELAY_FRAMES


def test_a_crashed_plugin_can_be_loaded_again_in_its_place(hostile):
    plugin = hostile(latency_frames=128)
    plugin.set(0, CRASH)
    plugin.hops(ones(64 * 20))
    plugin.wait_for("crashed")
    plugin.hops(ones(64 * 5))
    # What it was told on its way down is not told again.
    plugin.set(0, HALVE)
    plugin.plugin.start({0: HALVE})
    passed = plugin.hops(ones(64 * 2))
    plugin.wait_for("running")
    heard = np.concatenate([passed, plugin.hops(ones(64 * 60), pause_s=0.004)], axis=1)
    assert (heard == 0.5).any()
    assert np.abs(np.diff(heard[0])).max() <= _STEP


def test_a_file_that_is_no_plugin_is_refused_with_a_reason(tmp_path):
    (tmp_path / "no.vst3").write_bytes(b"no plug-in")
    plugin = HostedPlugin(str(tmp_path / "no.vst3"), 48_000, (), (), latency_frames=64, is_live=True)
    plugin.start({})
    deadline = time.monotonic() + 20
    while not plugin.look(time.monotonic()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert plugin.condition == "silent"
    assert plugin.reason
    plugin.close()


def test_the_process_ends_with_the_studio(tmp_path):
    """Killed, a studio says goodbye to nobody."""
    code = (
        "import sys, time\n"
        "from plugins_host.client import HostedPlugin\n"
        f"p = HostedPlugin({plugin_path('Hostile')!r}, 48000, (), (), latency_frames=64, is_live=True)\n"
        "p.start({})\n"
        "while not p.look(time.monotonic()): time.sleep(0.01)\n"
        "print(p._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    studio = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=os.getcwd())
    child = int(studio.stdout.readline())
    studio.kill()
    studio.wait()
    studio.stdout.close()
    deadline = time.monotonic() + 10
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(child)


def _is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_worker_loads_nothing_of_the_studio():
    code = "import plugins_host.worker.__main__, sys, json; print(json.dumps(sorted(sys.modules)))"
    listed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    tops = {name.split(".")[0] for name in json.loads(listed)}
    assert not tops & {"maxbooster_desktop", "dsp", "numba", "PySide6", "sync", "cloud"}


@pytest.mark.parametrize(("block", "latency"), [(16, 128), (64, 64), (100, 192), (128, 128), (1_024, 1_024)])
def test_a_block_has_what_it_needs_from_the_block_before(block, latency):
    assert live_latency_frames(block) == latency
    for blocks in range(1, 200):
        handed_over = (blocks * block) // 64 * 64
        assert (blocks + 1) * block - latency <= handed_over


def test_more_changes_than_there_is_room_for_arrive_later(hosted):
    many = tuple(HostedParameter(1 + place % 6, 1.0) for place in range(512))
    plugin = hosted("3BandEQ", many, (0.5,) * 512, is_live=False, latency_frames=2_048)
    os.kill(plugin.plugin._process.pid, signal.SIGSTOP)
    for turn in range(20):
        plugin.plugin.link.state[1:] = 0.1 + turn / 40
        plugin.hops(ones(64), pause_s=0)
    assert _words(plugin, CHANGES_WRITTEN) == CHANGES
    os.kill(plugin.plugin._process.pid, signal.SIGCONT)
    plugin.hops(ones(64 * 60), pause_s=0)
    assert CHANGES < _words(plugin, CHANGES_READ) == _words(plugin, CHANGES_WRITTEN)
    told = plugin.plugin.link.kept[1]
    assert np.array_equal(told, plugin.plugin.link.state[1:])
