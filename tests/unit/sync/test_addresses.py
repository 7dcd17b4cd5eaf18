"""Addresses of clouds: what a token may be sent to, and what happens with one that no host can have."""

import pytest

from sync.client.errors import AuthNeededError, ServerTroubleError, UnreachableError
from sync.client.http import Wire
from sync.protocol.addresses import is_safe_address, is_same_origin


@pytest.mark.parametrize(
    "address",
    [
        "https://cloud.example",
        "https://cloud.example.:8443/below",
        "https://\xe4.example",
        "https://[2001:db8::1]:8443",
        "http://localhost:8765",
        "http://[::1]:8765",
        "http://127.0.0.1:8765/",
    ],
)
def test_an_address_of_a_cloud(address: str) -> None:
    assert is_safe_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "cloud.example",
        "http://cloud.example",
        "https://cloud..example",
        "https://.example",
        f"https://{'a' * 64}.example",
        "https://a b",
        "https://a\0b",
        "https://a\u202eb.example",
        "https://\ud800.example",
        "https://a\u00adb.example",
        "https://@cloud.example",
        "https://me:secret@cloud.example",
        "https://cloud.example:99999",
        "https://cloud.example?x=1",
        "https://cloud.example#x",
        "https://[::1",
    ],
)
def test_no_address_of_a_cloud(address: str) -> None:
    assert not is_safe_address(address)


@pytest.mark.parametrize("address", ["https://cloud..example/x", "https://*/x", f"https://{'a' * 64}.example/x"])
def test_an_address_that_no_host_can_have_is_not_asked(address: str) -> None:
    wire = Wire("http://localhost:9", lambda: None)
    with pytest.raises((UnreachableError, ServerTroubleError), match=r"cannot be reached|is no https address"):
        wire.read_range(address, 0, 1)
    wire.close()


@pytest.mark.parametrize(
    ("address", "is_there"),
    [
        ("https://cloud.example/device?code=A", True),
        ("https://cloud.example:443/device", True),
        ("https://CLOUD.example/device", True),
        ("http://cloud.example/device", False),
        ("https://cloud.example:8443/device", False),
        ("https://cloud.example@evil.example/device", False),
        ("https://evil.example/cloud.example", False),
        ("https://cloud.example.evil.example/", False),
        ("https://evil.example\\@cloud.example/", False),
        ("file:///cloud.example", False),
        ("javascript:alert(1)//https://cloud.example", False),
        ("//cloud.example/device", False),
        ("", False),
    ],
)
def test_what_is_at_a_cloud(address: str, *, is_there: bool) -> None:
    assert is_same_origin("https://cloud.example/below", address) is is_there


@pytest.mark.parametrize("token", ["a\nb: c", "\N{MUSICAL NOTE}", "a\0b"])
def test_what_is_no_token_goes_nowhere(token: str) -> None:
    wire = Wire("http://localhost:9", lambda: token)
    with pytest.raises(AuthNeededError, match="is no token"):
        wire.send("GET", "/v1/account")
    wire.close()
