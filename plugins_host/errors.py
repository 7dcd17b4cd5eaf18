"""What can be expected to fail around plug-ins.

PluginError
+-- PluginNotLoadedError    the process did not come up with the plug-in
"""


class PluginError(Exception):
    """An expected failure; `str(error)` is the sentence a person reads."""


class PluginNotLoadedError(PluginError):
    """A plug-in's process ended, was too slow or said no before the plug-in was there."""
