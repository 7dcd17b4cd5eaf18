"""What a device is called where only its id is known: made by a newer version, or a plug-in that is not here."""

#: Families of devices that other people made; their ids end with what tells two of one name apart.
PLUGIN_FAMILIES = frozenset({"vst3"})


def is_plugin_id(device: str) -> bool:
    """Return whether an id names a plug-in, here or not."""
    return device.partition(".")[0] in PLUGIN_FAMILIES


def device_words(device: str) -> str:
    """Return "true peak limiter" for "dynamics.true_peak_limiter" and "mverb" for "vst3.mverb_e306ec32"."""
    name = device.rpartition(".")[2]
    if is_plugin_id(device):
        name = name.rpartition("_")[0] or name
    return name.replace("_", " ")
