"""`make run`: everything in one foreground command."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping

from core.local import process
from core.local.environment import DEFAULT_PORT, LOOPBACK
from core.local.errors import LocalError
from core.local.layout import ROOT, Layout, layout_for
from core.local.servers import announce, running, start_servers, take_lock
from core.local.services import beat_service, server_services, web_service, worker_service
from core.local.supervisor import StopRequested, Supervisor, stop_on_signals
from core.local.terminal import say
from core.startup import start_problems


def run(environ: Mapping[str, str]) -> int:
    """Serve until stopped; the exit code. Raises LocalError with a message for the terminal."""
    began = time.monotonic()
    stop_on_signals()
    layout = layout_for(environ)
    layout.prepare()
    lock = take_lock(layout.lock)
    if lock is None:
        raise LocalError(_who_runs(layout))
    with lock:
        supervisor = Supervisor(layout)
        try:
            _serve(layout, environ, supervisor, began)
        except StopRequested:
            say("Stopping …")
        finally:
            layout.runtime.unlink(missing_ok=True)
            supervisor.stop()
    say("Stopped.")
    return 0


def _serve(
    layout: Layout, environ: Mapping[str, str], supervisor: Supervisor, began: float
) -> None:
    check_port(environ.get("HOST") or LOOPBACK, environ.get("PORT") or DEFAULT_PORT)
    leftovers = process.stop_leftovers(layout.processes)
    if leftovers:
        say(f"Stopped what an earlier run left behind: {', '.join(leftovers)}.")
    servers = start_servers(layout, environ, demo=True)
    supervisor.adopt(server_services(servers), servers.children)
    environment = servers.environment
    for problem in start_problems(environment):
        raise LocalError(f"Homegrown can't start: {problem}. See docs/operations.md.")
    announce(layout, environment, command="make run")
    prepare(environment)
    supervisor.add(web_service(environment))
    url = environment["BASE_URL"]
    say(f"Homegrown is at {url} (ready in {time.monotonic() - began:.1f} s; Ctrl-C stops it).")
    supervisor.add(worker_service(environment, layout), beat_service(environment, layout))
    say("Worker and clock are ready.")
    supervisor.watch()


def prepare(environment: Mapping[str, str]) -> None:
    """Bring the database up to date. The terminal stays connected: it may ask a question."""
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "prepare"],
        env={**environment, "STATEMENT_TIMEOUT": "0"},
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise LocalError("The database could not be prepared; see the message above.")


def check_port(host: str, port: str) -> None:
    """Raise LocalError when the address can't be used."""
    if not port.isdigit() or not 0 < int(port) < 2**16:
        raise LocalError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, int(port), type=socket.SOCK_STREAM
        )[0]
    except OSError:
        raise LocalError(f"HOST={host} is no address of this machine.") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except PermissionError:
            raise LocalError(f"PORT={port} needs more rights; choose one above 1023.") from None
        except OSError as error:
            why = os.strerror(error.errno or 0)
            message = f"PORT={port} of {host} can't be used ({why}); try make run PORT=8001."
            raise LocalError(message) from None


def _who_runs(layout: Layout) -> str:
    facts = running(layout)
    if facts is None:
        return "Another command is starting or stopping the servers here; try again in a moment."
    if facts["command"] == "make run":
        where = facts["environment"].get("BASE_URL", "")
        return f"Homegrown already runs from this folder: {where} (process {facts['pid']})."
    who = f"{facts['command']} (process {facts['pid']})"
    return f"{who} uses the servers; try again when it is done."
