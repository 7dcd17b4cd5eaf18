"""What `bench cloud` puts on a cloud is what it says: each kind of load does its work at a running API."""

import pytest

from maxbooster_desktop.cli.bench import cloud_load
from tests.integration.cloud.identity.people import PASSWORD
from tests.integration.cloud.rooms.stages import Stage


def test_every_kind_of_load_does_its_work(stage: Stage) -> None:
    band = stage.band
    members = [band.city.member(name) for name in ("eve", "fay")]
    sent = [{"email": one.email, "password": PASSWORD, "token": one.token, "device": one.device} for one in members]
    plan = {"urls": [band.city.api.url], "members": sent, "workers": 2, "seconds": 0.2}
    for what in ("sign_in", "list_projects"):
        report = cloud_load.run(plan | {"what": what})
        assert report["done"] > 1
        assert report["refused"] == 0
        assert 0 < report["p50_ms"] <= report["p99_ms"]
    report = cloud_load.run(plan | {"what": "upload", "each": 2, "bytes": 50_000})
    assert (report["done"], report["refused"], report["bytes"]) == (4, 0, 200_000)
    assert band.city.rows("SELECT count(*), sum(size) FROM blob") == [(4, 200_000)]
    rooms = {"what": "write", "urls": [stage.address("ann"), stage.address("ben")], "workers": 2}
    report = cloud_load.run(rooms | {"each": 30, "window": 5})
    assert report["done"] == 60
    assert band.city.rows("SELECT count(*) FROM room_update") == [(60,)]
    assert band.city.rows("SELECT count(*) FROM room_overwritten") == [(0,)]


def test_a_refused_request_is_counted_and_not_timed(stage: Stage) -> None:
    who = {"email": "", "password": "", "token": "none", "device": ""}
    plan = {"what": "list_projects", "urls": [stage.band.city.api.url], "members": [who], "workers": 1, "seconds": 0.05}
    report = cloud_load.run(plan)
    assert report["done"] == 0
    assert report["refused"] > 0


def test_a_worker_that_fails_ends_the_others() -> None:
    plan = {"what": "list_projects", "urls": ["http://127.0.0.1:9"], "members": [{"token": ""}], "workers": 2}
    with pytest.raises(OSError, match="refused"):
        cloud_load.run(plan | {"seconds": 0.05})
