"""The address that `cloud serve` announces is the one that its pages and links go by."""

import ssl
from pathlib import Path

import pytest

from cloud.foundation.settings import CloudSettings
from cloud.gateways.objects.store import ObjectStoreError, open_store
from cloud.ops.serving import PlainWayError, PortTakenError, _address, _listen, tls_of
from cloud.rooms.peers import AuthorityError, trusting
from tests.factories.certificates import certificate


@pytest.mark.parametrize(
    ("host", "public", "expected"),
    [
        ("127.0.0.1", None, "http://localhost:8765"),
        ("::1", None, "http://localhost:8765"),
        ("0.0.0.0", None, "http://localhost:8765"),
        ("192.0.2.7", None, "http://192.0.2.7:8765"),
        ("2001:db8::7", None, "http://[2001:db8::7]:8765"),
        ("127.0.0.1", "https://music.example", "https://music.example"),
        ("192.0.2.7", "https://music.example", "https://music.example"),
    ],
)
def test_the_address_that_people_go_to(host: str, public: str | None, expected: str) -> None:
    assert _address(CloudSettings(public_address=public), host, 8765) == expected


@pytest.mark.parametrize(
    ("more", "is_refused"),
    [
        ({}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "0.0.0.0", "private_network": True}, False),
        ({"peer_address": "127.0.0.1:8765"}, False),
        ({"peer_address": "10.0.0.7:8765"}, True),
        ({"peer_address": "[2001:db8::7]:8765"}, True),
        ({"peer_address": "10.0.0.7:8765", "private_network": True}, False),
    ],
)
def test_nothing_goes_to_other_machines_in_plain_by_mistake(more: dict[str, object], *, is_refused: bool) -> None:
    settings = CloudSettings(port=0, **more)
    if is_refused:
        with pytest.raises(PlainWayError, match="without TLS: name MAXBOOSTER_CLOUD_TLS_CERTIFICATE"):
            _listen(settings)
    else:
        _listen(settings).close()


def test_a_certificate_lets_others_in_and_is_one(tmp_path: Path) -> None:
    nothing, pair = tmp_path / "nothing.pem", certificate(tmp_path, "127.0.0.1")
    nothing.write_text("")
    settings = CloudSettings(host="0.0.0.0", port=0, tls_certificate=pair)
    _listen(settings).close()
    assert tls_of(settings)["ssl_certfile"] == pair
    assert _address(settings, "127.0.0.1", 8765) == "https://localhost:8765"
    assert trusting(pair).verify_mode == ssl.CERT_REQUIRED
    for path in (nothing, tmp_path / "none.pem"):
        with pytest.raises(
            PlainWayError, match=r"_TLS_CERTIFICATE is .*, which holds no certificate with its key: name a PEM"
        ):
            tls_of(CloudSettings(tls_certificate=path))
        with pytest.raises(
            AuthorityError, match=r"_TLS_AUTHORITY is .*, which holds no authority's certificate: name its"
        ):
            trusting(path)
    with pytest.raises(PortTakenError, match=r"choose an address of this machine in MAXBOOSTER_CLOUD_HOST\."):
        _listen(CloudSettings(host="203.0.113.7", port=0, private_network=True))


@pytest.mark.parametrize(
    "url", ["", "s3://", "http://x", "s3://key:secret@bucket", "file:///etc", "s3://a\nb", "gs://b"]
)
def test_a_store_that_is_none_is_not_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(ObjectStoreError, match=r"^OBJECT_STORE_URL names no S3-compatible store: write s3://") as found:
        open_store(url, tmp_path)
    assert "secret" not in str(found.value)
