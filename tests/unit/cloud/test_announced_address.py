"""The address that `cloud serve` announces is the one that its pages and links go by."""

import pytest

from cloud.foundation.settings import CloudSettings
from cloud.ops.serving import _address


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
