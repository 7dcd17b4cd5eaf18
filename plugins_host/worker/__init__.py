"""The process that loads one plug-in: it runs on its own, and nothing of the studio is loaded in it."""
