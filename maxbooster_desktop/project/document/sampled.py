"""What of a track is sampled sound: the assets that its samplers play."""

from maxbooster_desktop.project.document.state import AssetId, Track


def zone_assets(track: Track) -> set[AssetId]:
    """Return the assets that the zones of a track's devices that are on name."""
    return {zone.asset for insert in track.inserts if insert.enabled for zone in insert.zones}
