"""Two people, two desktops on two screens, one cloud: sign in with a browser, share, join, edit, part, meet again.

Everything is real: the cloud's own process with its database, the windows with real keys and a real mouse in X servers,
Chromium for signing in. `MAXBOOSTER_TEST_PICTURES` names a folder for pictures of every station.
"""

import email
import email.policy
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import threading
import uuid
from pathlib import Path

import pytest
import requests
from playwright.sync_api import sync_playwright

from tests.e2e.company import hold, invite, keep_and_restore, point_and_follow, talk
from tests.e2e.cutting import Cuttable
from tests.e2e.test_window_keys import NEEDED, Person
from tests.e2e.windows import Window
from tests.integration.cloud.desktop.studios import until
from tests.integration.cloud.serving import started

CHROMIUM = shutil.which("chromium")
PASSWORD = "ninety grey herons"
MOVES, EVERY_MS = 60, 150
#: What 95 of 100 edits may take to the other's screen, on a machine that has a processor for each of us.
BAR_MS = 100.0
pytestmark = [
    pytest.mark.full,
    pytest.mark.alone,
    pytest.mark.timeout(600),
    pytest.mark.skipif(any(shutil.which(each) is None for each in NEEDED), reason="Xvfb or xdotool is not installed"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


class Cloud:
    """`maxbooster cloud serve` behind a relay that can be cut."""

    def __init__(self, folder):
        self.data = folder / "cloud"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.relay = Cuttable(port)
        self.address = f"http://localhost:{self.relay.port}"
        environment = {"MAXBOOSTER_CLOUD_PUBLIC_ADDRESS": self.address}
        self.served = started(("serve", "--data", self.data, "--port", port), folder / "cloud.log", environment)

    def add_person(self, name):
        """Register somebody and confirm their address with the code that was mailed."""
        address, wire = f"{name.split()[0].lower()}@example.org", {"Idempotency-Key": uuid.uuid4().hex}
        form = {"email": address, "password": PASSWORD, "name": name}
        requests.post(f"{self.address}/v1/registrations", json=form, headers=wire, timeout=20).raise_for_status()
        code = {"token": self.mailed(address, r"\n\n(\S{10,})\n")}
        wire = {"Idempotency-Key": uuid.uuid4().hex}
        reply = requests.post(f"{self.address}/v1/registrations/confirmation", json=code, headers=wire, timeout=20)
        reply.raise_for_status()
        return address

    def mailed(self, address, pattern):
        """Return what a mail to somebody says, once it has come."""
        found = []

        def has_come():
            for path in (self.data / "mail").glob("*.eml"):
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if mail["To"] == address:
                    found.extend(re.findall(pattern, mail.get_content().replace("\r\n", "\n")))
            return found

        until(has_come)
        return found[0]

    def end(self):
        self.relay.close()
        assert self.served.ends() == 0, self.served.log.read_text()
        self.served.process.stdout.close()


class Desk:
    """A screen, somebody at it, and the program in front of them."""

    def __init__(self, folder, address, name):
        reading, writing = os.pipe()
        self.screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x900x24", "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as number:
            self.display = f":{number.readline().strip()}"
        self.person = Person(self.display)
        self.window = Window(folder, address, name, DISPLAY=self.display, QT_QPA_PLATFORM="xcb")
        self.ask, self.becomes = self.window.ask, self.window.becomes

    def focus(self):
        """Give the window the keyboard: there is no window manager that would."""
        self.person.do("windowfocus", "--sync", self.person.window("Max Booster"))

    def click(self, dialog, part):
        """Press the mouse on a part of a dialog."""
        x, y = self.ask("where", dialog=dialog, part=part)
        self.person.do("mousemove", str(x), str(y), "click", "1")

    def command(self, text):
        """Find a command by its name and run it, with the keyboard alone."""
        self.focus()
        self.person.press("ctrl+k")
        self.person.do("type", "--delay", "20", text)
        self.person.press("Return")

    def picture(self, name):
        """Keep a picture of the screen, where pictures are wanted."""
        folder = os.environ.get("MAXBOOSTER_TEST_PICTURES")
        if folder:
            self.ask("screenshot", path=str(Path(folder) / f"{self.window.name}-{name}.png"))

    def end(self):
        try:
            self.window.end()
        finally:
            self.screen.terminate()
            self.screen.wait()


@pytest.fixture
def cloud(tmp_path):
    made = Cloud(tmp_path)
    yield made
    made.end()


@pytest.fixture
def desks(cloud, tmp_path):
    made = [Desk(tmp_path / name, cloud.address, name) for name in ("juno", "mara")]
    yield made
    enders = [threading.Thread(target=one.end) for one in made]
    for one in enders:
        one.start()
    for one in enders:
        one.join()


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def sign_in(desk, browser, address, name):
    """Ask for the account, sign in on the page that opens, let the desktop in."""
    desk.command("Account")
    until(lambda: desk.ask("signed_in")[1] == "")
    desk.click("AccountDialog", "sign_in")
    until(desk.window.page.exists)
    tab = browser.new_page()
    tab.goto(desk.window.page.read_text())
    tab.get_by_label("E-mail").fill(address)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.get_by_role("button", name="Let it in").click()
    until(lambda: desk.ask("signed_in")[0] == name)
    desk.picture("1-signed-in")
    tab.close()
    desk.ask("close_account")


def share_and_join(cloud, juno, mara, address):
    """Juno shares a song and invites Mara, who comes in by the link in her mail, which she types."""
    juno.ask("create", name="Midnight Drive")
    juno.becomes("is_open", wanted=True)
    juno.ask("add_keys", name="Keys")
    until(lambda: "Keys" in juno.ask("tracks"))
    juno.ask("add_clip", track="Keys")
    juno.focus()
    juno.person.press("ctrl+alt+s")
    juno.click("ShareDialog", "begin")
    juno.becomes("cloud", "Live  ·  saved in the cloud")
    juno.ask("link")
    until(lambda: juno.ask("copied").startswith("maxbooster://join?"))
    link = invite(cloud, juno, address)
    juno.picture("2-shared")
    mara.command("Join by link")
    mara.click("JoinDialog", "link")
    mara.person.do("type", "--delay", "5", link)
    mara.click("JoinDialog", "join")
    juno.ask("close_share")
    mara.becomes("is_open", wanted=True)
    mara.becomes("cloud", "Live with 1 other  ·  saved in the cloud")
    same(juno, mara)
    juno.becomes("people", ["Mara Lind"])


def same(juno, mara):
    """Wait until both have everything through and the same song."""
    for desk in (juno, mara):
        until(lambda desk=desk: desk.ask("cloud").startswith("Live with 1 other  ·  saved in the cloud"), 120)
    until(lambda: juno.ask("hash") == mara.ask("hash"))


def edit_with_keys(juno, mara):
    """Both add a track with the keyboard, at the same time."""
    before = len(juno.ask("tracks"))
    for desk in (juno, mara):
        desk.focus()
    for desk in (juno, mara):
        desk.person.press("ctrl+t")
    until(lambda: len(juno.ask("tracks")) == len(mara.ask("tracks")) == before + 2)
    for desk in (juno, mara):
        desk.person.press("Escape")
    same(juno, mara)


def measured(author, viewer):
    """Return for each move by one how long it took until the other's window had painted it, in milliseconds."""
    viewer.ask("watch_paints")
    author.ask("move_by_clock", count=MOVES, every_ms=EVERY_MS)
    until(lambda: len(author.ask("moved")) == MOVES, 60)
    same(author, viewer)
    seen = dict(viewer.ask("painted"))
    times = [(seen[start] - begun) * 1000 for start, begun in author.ask("moved") if start in seen]
    assert len(times) > 0.9 * MOVES, "what comes one by one is painted one by one"
    return times


def part_and_meet(juno, mara):
    """Mara works offline, both change the same things, she comes back and looks at the report."""
    mara.command("Work offline")
    mara.becomes("cloud", "Offline")
    mara.ask("rename", track="Keys", name="Rhodes")
    mara.ask("add_track", name="Strings")
    mara.becomes("cloud", "Offline  ·  2 edits waiting")
    mara.picture("3-offline")
    juno.ask("rename", track="Keys", name="Piano")
    juno.ask("add_track", name="Pads")
    juno.becomes("cloud", "Live  ·  saved in the cloud")
    mara.command("Work offline")
    until(lambda: mara.ask("hash") == juno.ask("hash"))
    assert {"Strings", "Pads"} <= set(juno.ask("tracks"))
    (name,) = {"Rhodes", "Piano"} & set(juno.ask("tracks"))
    until(lambda: any("1 to look at" in desk.ask("cloud") for desk in (juno, mara)))
    mara.command("Merge report")
    until(lambda: mara.ask("is_report_ready"))
    report = mara.ask("report")
    lost = "Piano" if name == "Rhodes" else "Rhodes"
    whose = "Juno Vale" if lost == "Piano" else "yours"
    (row,) = report["rows"]
    assert row[:2] == [f"{name}\nname", f"{lost}\n{whose}"]
    assert row[3].startswith(f"{name}\n")
    mara.picture("4-merge-report")
    return lost


def choose(juno, mara, lost):
    """Mara brings the lost value back with the mouse; both have it, and one undo takes it back."""
    x, y = mara.ask("where_choice", text="Use")
    mara.person.do("mousemove", str(x), str(y), "click", "1")
    until(lambda: lost in juno.ask("tracks"))
    until(lambda: mara.ask("report")["rows"][0][4] == "brought back")
    mara.picture("5-chosen")
    mara.ask("close_report")
    mara.focus()
    mara.person.press("ctrl+z")
    until(lambda: lost not in juno.ask("tracks"))


def lose_the_cloud(cloud, juno, mara):
    """The cloud cannot be reached, both go on, it comes back: nothing is lost."""
    cloud.relay.cut()
    for desk in (juno, mara):
        until(lambda desk=desk: not desk.ask("cloud").startswith("Live"))
    juno.ask("add_track", name="Alone 1")
    mara.ask("add_track", name="Alone 2")
    mara.command("Sync")
    until(lambda: any("1 edit waiting" in line for line in mara.ask("sync_lines")))
    mara.picture("6-cut")
    mara.ask("close_sync")
    cloud.relay.mend()
    until(lambda: {"Alone 1", "Alone 2"} <= set(juno.ask("tracks")), 120)
    until(lambda: juno.ask("hash") == mara.ask("hash"), 120)


def test_two_desktops_make_one_song(cloud, desks, browser):
    juno, mara = desks
    sign_in(juno, browser, cloud.add_person("Juno Vale"), "Juno Vale")
    address = cloud.add_person("Mara Lind")
    sign_in(mara, browser, address, "Mara Lind")
    share_and_join(cloud, juno, mara, address)
    edit_with_keys(juno, mara)
    for step in (talk, hold, point_and_follow, keep_and_restore):
        step(juno, mara)
        same(juno, mara)
    times = measured(juno, mara) + measured(mara, juno)
    percentiles = statistics.quantiles(times, n=20)
    figures = {"median": statistics.median(times), "p95": percentiles[18], "least": min(times)}
    print(json.dumps({"edit_to_screen_ms": figures, "load": os.getloadavg()[0]}))
    choose(juno, mara, part_and_meet(juno, mara))
    lose_the_cloud(cloud, juno, mara)
    for desk in desks:
        desk.picture("7-end")
    if os.getloadavg()[0] <= (os.cpu_count() or 1):
        assert percentiles[18] < BAR_MS
