"""What every test gets: no network, an empty cache, a fixed Hypothesis profile."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.plugins.planted import uses_database
from tests.thorough import THOROUGH

# The same code gets the same examples, so that a change is judged by what it changes; a thorough
# run looks for new ones.
settings.register_profile(
    "homegrown",
    deadline=None,
    derandomize=not THOROUGH,
    max_examples=500 if THOROUGH else 100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("homegrown")

# Tests with one of these marks may open sockets; all others only the Unix sockets of the servers.
OPEN_MARKS = ("faults", "journey", "sockets")


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if any(request.node.get_closest_marker(mark) for mark in OPEN_MARKS):
        return
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            pytest.fail(f"This test opened a connection to {address}; mark it if it must.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test has worked out is no answer for the next one, whose rows are others."""
    yield
    if uses_database(request):
        from django.core.cache import cache

        # Not clear(), which would empty the corner of the other processes too.
        cache.forget_all()


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    """Tasks run at once, in this process, as soon as they are enqueued."""
    from celery import current_app

    before = current_app.conf.task_always_eager, current_app.conf.task_eager_propagates
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    current_app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The server goes with all that is in it, so nothing has to be dropped, which fails while a
    connection is still being closed.
    """
    return True
