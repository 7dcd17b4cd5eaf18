"""Every detector of `tests/noise` sees the noise it is there for, and keeps quiet about the rest."""

import logging
import socket
import threading

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget

from tests.noise import log_lines, loopback, qt_leftovers, threads

_log = logging.getLogger("maxbooster.noise")


def _logged(expected_log, *lines):
    """Record lines; announce them to this test's own detector, too."""
    with log_lines.recorded() as records:
        for line in lines:
            expected_log(line)
            _log.warning(line)
        _log.info("below the level")
    return records


def test_an_unannounced_log_line_is_a_problem(expected_log):
    records = _logged(expected_log, "the disk is full")
    assert log_lines.problems(records, None) == ["unexpected log line: WARNING maxbooster.noise: the disk is full"]


def test_announced_lines_must_come_and_no_others(expected_log):
    announced = log_lines.Announced()
    announced("disk is .*")
    announced("never")
    records = _logged(expected_log, "the disk is full", "something else")
    assert log_lines.problems(records, announced) == [
        "unexpected log line: WARNING maxbooster.noise: something else",
        "announced, but never logged: never",
    ]


def test_a_running_thread_is_found(monkeypatch):
    monkeypatch.setattr(threads, "_GRACE_S", 0.05)
    before, end = threads.running(), threading.Event()
    thread = threading.Thread(target=end.wait, name="left behind")
    thread.start()
    assert threads.left_since(before) == [thread]
    end.set()
    thread.join()
    assert threads.left_since(before) == []


def test_connections_that_leave_the_machine_are_refused():
    with socket.socket() as outside, pytest.raises(loopback.OutsideConnectionError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(loopback.OutsideConnectionError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.9", True), ("::1", True), ("10.0.0.1", False), ("a.org", False)],
)
def test_what_the_loopback_is(host, is_here):
    assert loopback.is_loopback(host) is is_here


def test_a_running_timer_and_an_open_window_are_found(qapp):
    watch = qt_leftovers.Watch()
    window = QWidget()
    window.setObjectName("forgotten")
    timer = QTimer(window)
    timer.start(1_000)
    assert watch.left() == ["a window is left: QWidget 'forgotten'", "still runs: QTimer '' every 1000 ms of QWidget"]
    assert qt_leftovers.Watch().left() == []
    window.deleteLater()
    assert watch.left() == []


def test_a_running_qthread_is_found(qapp, monkeypatch):
    monkeypatch.setattr(qt_leftovers, "_GRACE_MS", 50)
    watch, thread = qt_leftovers.Watch(), QThread()
    thread.start()
    found = watch.left()
    thread.quit()
    assert thread.wait(5_000)
    assert found == ["still runs: QThread ''"]
    assert watch.left() == []
