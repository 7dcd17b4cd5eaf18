"""A room end to end: what is sent comes to the others, is acknowledged when durable, and survives everybody."""

from tests.integration.cloud.rooms.stages import Stage


def test_an_edit_is_acknowledged_announced_and_kept(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    plain = stage.inside("owner", is_ours=False)
    edit = ann.write(a_p=("t", 960, 0))
    assert ann.acks == {edit.reference: 1}
    ben.until(lambda: ben.seen == 1)
    (found,) = ben.announced
    assert (found.seq, found.account, found.device, found.base_seq) == (1, stage.band.ids["ann"], "laptop", 0)
    plain.until(plain.clips)
    assert plain.clips() == ben.clips() == ann.clips() == {"a.p": ("t", 960, 0)}
    plain.write(a_p=("t", 0, 1))
    ann.until(lambda: ann.seen == 2)
    for client in (ann, ben, plain):
        client.end()
    assert stage.inside("ben").clips() == {"a.p": ("t", 0, 1)}
    rows = stage.band.city.rows("SELECT seq, base_seq FROM room_update ORDER BY seq")
    assert rows == [(1, 0), (2, 1)]


def test_what_is_sent_twice_is_kept_once(stage: Stage) -> None:
    ann = stage.inside("ann")
    edit = ann.write(a_p=1)
    ann.send(edit)
    ann.until(lambda: ann.acks[edit.reference] == 0)
    assert stage.band.city.rows("SELECT count(*) FROM room_update") == [(1,)]
