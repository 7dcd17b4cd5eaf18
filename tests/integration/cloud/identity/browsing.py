"""A browser without a screen, scripts or opinions: cookies, forms, and where it was sent. Real ones come beside it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from tests.integration.cloud.identity.people import City


class _Forms(HTMLParser):
    """The forms of a page: by action, the values of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            assert values["method"] in ("get", "post")
            self.found.append((values["action"] or "", {}))
        elif tag in ("input", "select") and values.get("name"):
            self.found[-1][1][str(values["name"])] = values.get("value") or ""


@dataclass
class Browser:
    """Somebody's browser, on the last page."""

    city: City
    wire: requests.Session = field(default_factory=requests.Session)
    page: requests.Response | None = None
    account: str = ""

    @property
    def origin(self) -> str:
        """Return our address as the cloud knows it."""
        return self.city.origin

    def open(self, path: str) -> requests.Response:
        """Go to an address; redirects are followed while they stay here."""
        self.page = self._sent("GET", urljoin(self.origin, path))
        return self.page

    def send(self, action: str, *, origin: str | None = None, **values: str | list[str]) -> requests.Response:
        """Fill in the form with an action on this page, and send it."""
        assert self.page is not None
        form = dict(self.forms()[action]) | values
        headers = {"Origin": origin or self.origin}
        self.page = self._sent("POST", urljoin(self.origin, action), data=form, headers=headers)
        return self.page

    def forms(self) -> dict[str, dict[str, str]]:
        """Return the last form of each action on this page."""
        assert self.page is not None
        parser = _Forms()
        parser.feed(self.page.text)
        return dict(parser.found)

    def problem(self) -> str:
        """Return the sentence that says what went wrong."""
        assert self.page is not None
        (found,) = re.findall(r'class="problem" role="alert">([^<]*)<', self.page.text)
        return str(found)

    def sign_in(self, email: str, password: str, path: str = "/sign-in") -> requests.Response:
        """Sign in on the page for it."""
        self.open(path)
        return self.send("/sign-in", email=email, password=password)

    def _sent(self, method: str, url: str, **more: object) -> requests.Response:
        reply = self.wire.request(method, url, timeout=20, allow_redirects=False, **more)
        while reply.is_redirect and reply.headers["Location"].startswith(("/", self.origin)):
            url = urljoin(url, reply.headers["Location"])
            reply = self.wire.get(url, timeout=20, allow_redirects=False)
        return reply
