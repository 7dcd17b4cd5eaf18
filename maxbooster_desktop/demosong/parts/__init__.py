"""One module per part of the demo song: what it plays, with which voice, cut into clips."""
