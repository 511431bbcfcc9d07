"""The five parts of a local run: how each is started and when it counts as ready."""

import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.local import process
from core.local.environment import address
from core.local.layout import ROOT, Layout
from core.local.servers import Servers

QUEUES = "default,rollups,mail"

# Processes of the web server. Each handles one request at a time.
WEB_PROCESSES = "2"
WORKER_PROCESSES = "2"

# Seconds: below Celery's own limit for a task, so that the database gives up first.
WORKER_STATEMENT_TIMEOUT = "280"


@dataclass(frozen=True)
class Service:
    """A part that is started again whenever it ends."""

    name: str
    spawn: Callable[[], process.Child]
    ready: Callable[[], bool]


def server_services(servers: Servers) -> list[Service]:
    """PostgreSQL and Valkey, as far as they are ours."""
    found = []
    if servers.postgres:
        found.append(Service("postgres", servers.postgres.spawn, servers.postgres.ready))
    if servers.valkey:
        found.append(Service("valkey", servers.valkey.spawn, servers.valkey.ready))
    return found


def web_service(environment: Mapping[str, str]) -> Service:
    """The web server."""
    host, port = environment["HOST"], environment["PORT"]
    command = [
        *("granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", host, "--port", port),
        *("--workers", environment.get("WEB_PROCESSES", WEB_PROCESSES), "--blocking-threads", "1"),
        *("--respawn-failed-workers", "--no-ws", "--log-level", "warning"),
    ]

    def answers() -> bool:
        return http_answers(address(host), int(port))

    return Service("web", lambda: spawn_python("web", command, environment), answers)


def worker_service(environment: Mapping[str, str], layout: Layout) -> Service:
    """One Celery worker for the three queues."""
    command = [
        *("celery", "-q", "-A", "config", "worker", "-Q", QUEUES, "--without-gossip"),
        *("-c", environment.get("WORKER_PROCESSES", WORKER_PROCESSES), "--without-mingle"),
        *("--loglevel", "WARNING"),
    ]
    extra = {"REMAP_SIGTERM": "SIGQUIT", "STATEMENT_TIMEOUT": WORKER_STATEMENT_TIMEOUT}
    return _marked_service("worker", command, {**environment, **extra}, layout)


def beat_service(environment: Mapping[str, str], layout: Layout) -> Service:
    """The clock."""
    schedule = str(layout.var / "beat-schedule")
    command = ["celery", "-q", "-A", "config.clock", "beat", "-s", schedule, "--pidfile="]
    command += ["--loglevel", "WARNING"]
    return _marked_service("beat", command, environment, layout)


def _marked_service(
    name: str, command: list[str], environment: Mapping[str, str], layout: Layout
) -> Service:
    """A service that touches a file when it is ready (see config/celery.py)."""
    marker = layout.sockets / f"{name}.ready"

    def spawn() -> process.Child:
        marker.unlink(missing_ok=True)
        return spawn_python(name, command, {**environment, "HOMEGROWN_READY_FILE": str(marker)})

    return Service(name, spawn, marker.exists)


def spawn_python(name: str, module: list[str], environment: Mapping[str, str]) -> process.Child:
    """Start a module of the virtual environment, its output in a pipe for the relay."""
    command = [sys.executable, "-m", *module]
    return process.start(
        name, command, environment=environment, output=subprocess.PIPE, folder=ROOT
    )


def http_answers(host: str, port: int) -> bool:
    """Whether the web server says that it is alive."""
    connection = http.client.HTTPConnection(host.strip("[]"), port, timeout=2)
    try:
        connection.request("GET", "/health/live", headers={"Host": f"127.0.0.1:{port}"})
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def take_output(child: process.Child) -> int | None:
    """The pipe of a child as a file descriptor of our own."""
    if child.process.stdout is None:
        return None
    stream = os.dup(child.process.stdout.fileno())
    child.process.stdout.close()
    return stream
