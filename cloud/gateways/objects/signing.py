"""Addresses of an S3-compatible store that anybody may use for a while: signature version 4 in the query.

After AWS, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)". obstore signs addresses of whole
objects; parts of uploads need parameters of their own in the query, which the signature covers.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


#: As obstore reads them, the first that is set.
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


def endpoint_in(environment: Mapping[str, str]) -> tuple[str, str | None]:
    """Return which variable says where the store is, and what it says; None when it is Amazon's own."""
    return next(((each, environment[each]) for each in _ENDPOINTS if environment.get(each)), (_ENDPOINTS[0], None))


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where objects lie and who signs for them; `url` leads to the bucket itself."""

    url: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    def address(self, method: str, name: str, query: Mapping[str, str], now: datetime, lasts: timedelta) -> str:
        """Return an address that allows one method on one object (or on the bucket, for ""), with this query."""
        parts = urlsplit(self.url)
        path = quote(f"{parts.path.rstrip('/')}/{name}", safe="/-_.~")
        day, moment = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{day}/{self.region}/s3/aws4_request"
        asked = {
            **query,
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self.key_id}/{scope}",
            "X-Amz-Date": moment,
            "X-Amz-Expires": str(round(lasts.total_seconds())),
            "X-Amz-SignedHeaders": "host",
            **({"X-Amz-Security-Token": self.token} if self.token else {}),
        }
        text = "&".join(
            f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in sorted(asked.items())
        )
        request = "\n".join([method, path, text, f"host:{parts.netloc}\n", "host", "UNSIGNED-PAYLOAD"])
        digest = hashlib.sha256(request.encode()).hexdigest()
        signature = hmac.new(
            self._key(day), f"{_ALGORITHM}\n{moment}\n{scope}\n{digest}".encode(), "sha256"
        ).hexdigest()
        return f"{parts.scheme}://{parts.netloc}{path}?{text}&X-Amz-Signature={signature}"

    @classmethod
    def of(cls, name: str, environment: Mapping[str, str]) -> "Bucket | None":
        """Return a bucket with what the AWS_... variables say; None without keys in them."""
        key_id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
        if not key_id or not secret:
            return None
        region = next((environment[each] for each in _REGIONS if environment.get(each)), "us-east-1")
        endpoint = endpoint_in(environment)[1] or f"https://s3.{region}.amazonaws.com"
        return cls(f"{endpoint.rstrip('/')}/{name}", region, key_id, secret, environment.get("AWS_SESSION_TOKEN"))

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        return key
