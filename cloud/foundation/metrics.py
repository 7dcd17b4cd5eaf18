"""The numbers this process counts, in Prometheus' form, after OpenTelemetry's names.

Labels are few on purpose: method, route template, class of status. Each process has its own numbers.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

request_seconds = Histogram(
    "http_server_request_duration_seconds",
    "From the first byte to the last.",
    ("method", "route", "status"),
    buckets=_BUCKETS_S,
    registry=REGISTRY,
)
jobs_ended = Counter("jobs_ended_total", "Runs of jobs by how they ended.", ("kind", "how"), registry=REGISTRY)
jobs_waiting = Gauge("jobs_waiting", "Jobs that are due.", ("queue",), registry=REGISTRY)
oldest_job_seconds = Gauge(
    "jobs_oldest_due_seconds", "How long the oldest due job waits.", ("queue",), registry=REGISTRY
)
outbox_waiting = Gauge("outbox_waiting", "Messages that were not dispatched yet.", registry=REGISTRY)
dead_jobs = Gauge("jobs_dead", "Jobs that gave up and wait for a person.", registry=REGISTRY)
audit_breaks = Gauge("audit_breaks", "Chains of the audit that are not what was written.", registry=REGISTRY)
clock_unproven = Gauge(
    "clock_unproven", "1 while nothing old is removed, as the cloud did not run a day ago.", registry=REGISTRY
)
statements = Counter("db_statements_total", "Statements sent to the database.", registry=REGISTRY)
burn_rate = Gauge(
    "objective_burn_rate",
    "How many times faster than evenly an error budget burns, in each window of an alert.",
    ("objective", "severity", "alert", "window"),
    registry=REGISTRY,
)
alert_firing = Gauge(
    "objective_alert_firing",
    "1 while an alert fires; the runbook says what to do.",
    ("objective", "severity", "alert", "runbook"),
    registry=REGISTRY,
)
connections_in_use = Gauge("db_connections_in_use", "Connections lent at this moment.", registry=REGISTRY)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; what matched no route is one series."""
    known = method if method in _METHODS else "other"
    request_seconds.labels(known, route or "none", f"{status // 100}xx").observe(seconds)


def page() -> bytes:
    """Return everything as a scraper reads it."""
    return generate_latest(REGISTRY)
