"""A desktop without a window in a process of its own: opens a shared project and says how its sounds arrive.

Arguments: the cloud's address, the account's folder, its passphrase, the project's folder, kilobytes a second.
"""

import json
import sys
import threading
from pathlib import Path

from maxbooster_desktop.actions.company import Company
from maxbooster_desktop.cloudlink.account import Account
from maxbooster_desktop.foundation.paths import config_folder
from maxbooster_desktop.project.store.opening import open_project
from maxbooster_desktop.settings.store import Settings
from sync.credentials.store import MemoryStore


def main(address, folder, passphrase, project_folder, kb_s):
    """Work until the standard input ends."""
    account = Account(address, Path(folder), MemoryStore)
    account.keep_in_file(passphrase)
    settings = Settings(config_folder())
    settings.set("sounds.down_kb_s", int(kb_s))
    company, wakes, is_over = Company(lambda: account, settings), threading.Event(), threading.Event()
    company.changed.subscribe(wakes.set)
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set(), wakes.set()), daemon=True).start()
    with open_project(Path(project_folder)) as project:
        company.attach(project, project.link)
        while not is_over.is_set():
            wakes.clear()
            standing = company.sounds.standing
            said = {"total": standing.total, "arriving": standing.arriving, "problems": standing.problems}
            print(json.dumps(said), flush=True)
            wakes.wait()
        company.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
