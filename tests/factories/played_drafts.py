"""A cloud for drafts, played."""

from sync.outbox import ports
from sync.protocol.changes import Changes
from sync.protocol.operations import Answer, Applied


class PlayedCloud:
    """Takes everything, unless it is told to raise or answer (`outcomes`, by draft); counts what it is asked."""

    host = "cloud.example"

    def __init__(self):
        self.trouble, self.asked, self.taken, self.outcomes = None, 0, [], {}

    def _meet(self):
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble

    def register(self, client_id, label):
        self._meet()
        return ports.Registered("ada")

    def push(self, batch):
        self._meet()
        self.taken += [one.draft_id for one in batch.operations]
        answers = [
            Answer(one.seq, one.op_id, self.outcomes.get(one.draft_id, Applied(len(self.taken))))
            for one in batch.operations
        ]
        return ports.Answers(answers, "")

    def pull(self, cursor, schema_version):
        self._meet()
        return Changes([], cursor or "c", is_whole=True)
