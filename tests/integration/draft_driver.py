"""Edits drafts and syncs until it is killed, and says every edit that is taken: FOLDER ADDRESS TOKEN SEED.

`edit DRAFT FIELD VALUE` comes when the edit is on disk, `standing CONDITION WAITING ATTENTION` after each round.
"""

import random
import sys
import time
from pathlib import Path

from sync.client.drafts import HttpTransport
from sync.outbox.outbox import Outbox
from sync.outbox.pacing import Pacing
from sync.outbox.ports import SystemClock
from sync.outbox.syncing import Condition, Syncer
from sync.outbox.tables import DRAFTS
from sync.storage.database import open_database

FIELDS = ("title", "artist", "label", "notes")


def main() -> None:
    """Edit and sync for ever."""
    folder, address, token, seed = sys.argv[1:]
    source, clock = random.Random(int(seed)), SystemClock()
    outbox = Outbox(open_database(Path(folder) / "drafts.sqlite", DRAFTS), clock)
    transport = HttpTransport(address, lambda: token)
    pacing = Pacing(clock.monotonic_s, source)
    syncer = Syncer(outbox, transport, clock, pacing, "driver")
    while True:
        for _ in range(source.randrange(4)):
            draft, field, value = f"r{source.randrange(8)}", source.choice(FIELDS), f"{source.getrandbits(32)}"
            outbox.change("release", draft, {field: value})
            print("edit", draft, field, value, flush=True)
        pacing.forgive(transport.host)
        standing, queue = syncer.step(), outbox.queue()
        print("standing", standing.condition, queue.waiting + queue.sent, queue.attention, flush=True)
        time.sleep(0.01 if standing.condition is Condition.ONLINE else 0.2)


if __name__ == "__main__":
    main()
