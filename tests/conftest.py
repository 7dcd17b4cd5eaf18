"""What every test gets: a home of its own, and failure on noise."""

import os
import tempfile

# Before anything of ours is imported: no test may read or write the user's own files.
os.environ["MAXBOOSTER_HOME"] = tempfile.mkdtemp(prefix="maxbooster-tests-")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
