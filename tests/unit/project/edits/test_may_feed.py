"""What may feed what is exactly what routing and sending accept, for every pair of a desk with groups and buses."""

import itertools

from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.edits import channel, tracks
from maxbooster_desktop.project.edits.errors import RoutingCycle, WrongTrackKind
from maxbooster_desktop.project.edits.signal_flow import may_feed
from tests.unit.project.edits.songs import new_project


def _accepts(verb, *arguments):
    try:
        verb(*arguments)
    except (RoutingCycle, WrongTrackKind):
        return False
    return True


def test_may_feed_says_what_add_send_and_route_track_do():
    project = new_project()
    for kind in ("group", "bus", "bus", "audio", "midi"):
        tracks.add_track(project, kind)
    group, first, second, audio, _ = project.state.track_order[-5:]
    tracks.move_tracks(project, [audio], group, None)
    channel.add_send(project, group, first)
    channel.add_send(project, first, second)
    pairs = list(itertools.permutations(project.state.tracks, 2))
    expected = {pair: may_feed(project.state, *pair) for pair in pairs}
    assert not expected[second, group]
    assert not expected[first, audio]
    assert expected[group, second]
    for source, target in pairs:
        before = project.state.tracks[source]
        sent = _accepts(channel.add_send, project, source, target)
        if sent:
            project.undo()
        assert sent == expected[source, target], (source, target)
        if source != MASTER and before.kind != "midi":
            routed = _accepts(channel.route_track, project, source, target)
            if routed:
                project.undo()
            assert routed == expected[source, target], (source, target)
