"""What rooms count, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

from cloud.foundation.metrics import REGISTRY

rooms_open = Gauge("rooms_open", "Rooms that this process owns.", registry=REGISTRY)
sockets = Gauge("room_sockets", "Sockets in rooms.", registry=REGISTRY)
updates = Counter("room_updates_total", "Updates that were made durable.", registry=REGISTRY)
closed = Counter("room_sockets_closed_total", "Sockets that we closed, by code.", ("code",), registry=REGISTRY)
refused = Counter(
    "room_sockets_refused_total", "Sockets that a page of another site asked for, never opened.", registry=REGISTRY
)
commit_seconds = Histogram(
    "room_commit_seconds",
    "From taking some updates to their commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
    registry=REGISTRY,
)
