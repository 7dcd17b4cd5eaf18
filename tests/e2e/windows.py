"""A window in a process of its own, on a home of its own, asked line by line (`desktop_driver`)."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.program import ROOT
from tests.integration.cloud.desktop.studios import until


class Window:
    """See the module; the page that it wants to open in a browser is in the file `page`."""

    def __init__(self, home: Path, address: str, name: str, **environment: str) -> None:
        self.name, self.home = name, home
        self.page = home / "page"
        browser = home / "browser"
        home.mkdir()
        browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {self.page}.part && mv {self.page}.part {self.page}\n')
        browser.chmod(0o755)
        settings = home / "config"
        settings.mkdir()
        (settings / "settings.json").write_text(json.dumps({"cloud.address": address}))
        own = {
            "MAXBOOSTER_HOME": str(home),
            "HOME": str(home),
            "BROWSER": f"{browser} %s",
            "PYTHONPATH": str(ROOT),
            "DBUS_SESSION_BUS_ADDRESS": "",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.desktop_driver"],
            cwd=ROOT,
            env=os.environ | own | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, what, **about):
        """Return what the window answers."""
        self.process.stdin.write(json.dumps({"do": what, **about}) + "\n")
        self.process.stdin.flush()
        time.sleep(0.03)  # whoever asks again and again leaves the window its processor
        answer = json.loads(self.process.stdout.readline())
        assert "is" in answer, answer
        return answer["is"]

    def becomes(self, what, wanted, within_s=120.0):
        """Wait until the window answers as wanted."""
        until(lambda: self.ask(what) == wanted, within_s)

    def end(self):
        """Close the window and wait for its process."""
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(60)
        self.process.stdout.close()
