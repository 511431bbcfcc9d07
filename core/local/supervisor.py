"""Keep the parts of a local run alive until somebody asks to stop."""

import signal
import time
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from core.local import process
from core.local.errors import LocalError
from core.local.layout import Layout
from core.local.services import Service, take_output
from core.local.terminal import Relay, say

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
STABLE_SECONDS = 30.0
START_SECONDS = 60.0
TRIES_AT_START = 3


class StopRequested(BaseException):
    """Somebody pressed Ctrl-C, closed the terminal or sent a signal."""


class Unit:
    """A service and its present process."""

    def __init__(self, service: Service, child: process.Child | None = None) -> None:
        self.service = service
        self.child = child
        self.is_ready = child is not None
        self.pause = FIRST_PAUSE
        self.start_at = 0.0
        self.failures = 0


class Supervisor:
    """Starts units in order, starts them again when they end, and stops them in reverse."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.units: list[Unit] = []
        self.relay = Relay()

    def adopt(self, services: Sequence[Service], children: Sequence[process.Child]) -> None:
        """Take over servers that run already."""
        self.units += [Unit(*pair) for pair in zip(services, children, strict=True)]

    def add(self, *services: Service) -> None:
        """Start services side by side and return once all are ready.

        Raises LocalError when one gives up three times or takes longer than a minute.
        """
        added = [Unit(service) for service in services]
        self.units += added
        deadline = time.monotonic() + START_SECONDS
        while not all(unit.is_ready for unit in added):
            self.tend()
            for unit in added:
                if unit.failures >= TRIES_AT_START or time.monotonic() > deadline:
                    raise LocalError(f"{unit.service.name} does not start; its last lines say why.")
            self.relay.pump(0.05)

    def watch(self) -> NoReturn:
        """Tend the units for ever."""
        while True:
            self.tend()
            self.relay.pump(0.25)

    def tend(self) -> None:
        """Look after each unit once."""
        for unit in self.units:
            if unit.child is None:
                if time.monotonic() >= unit.start_at:
                    self._start(unit)
            elif not unit.child.alive:
                self._mourn(unit, unit.child)
            elif not unit.is_ready:
                self._greet(unit)
            elif time.monotonic() - unit.child.started > STABLE_SECONDS:
                unit.pause = FIRST_PAUSE

    def _start(self, unit: Unit) -> None:
        unit.child = unit.service.spawn()
        unit.is_ready = False
        stream = take_output(unit.child)
        if stream is not None:
            self.relay.add(unit.service.name, stream)
        process.record(self.layout.processes, [u.child for u in self.units if u.child])

    def _greet(self, unit: Unit) -> None:
        unit.is_ready = unit.service.ready()
        if unit.is_ready and unit.failures:
            say(f"{unit.service.name} is back.")
            unit.failures = 0

    def _mourn(self, unit: Unit, child: process.Child) -> None:
        process.kill_group(child.process.pid)
        self.relay.pump(0)
        how = _ending(child.process.returncode)
        say(f"{unit.service.name} {how}; starting it again in {unit.pause:g} s.")
        unit.child = None
        unit.is_ready = False
        unit.failures += 1
        unit.start_at = time.monotonic() + unit.pause
        unit.pause = min(unit.pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        """Stop in reverse order: the clock, the worker, the web server, Valkey, PostgreSQL."""
        for unit in reversed(self.units):
            if unit.child:
                unit.child.stop()
                self.relay.pump(0)
        process.record(self.layout.processes, [])

    def kill(self) -> None:
        """End everything at once."""
        for unit in self.units:
            if unit.child:
                process.kill_group(unit.child.process.pid)


def _ending(returncode: int) -> str:
    if returncode < 0:
        return f"was ended by {signal.Signals(-returncode).name}"
    return f"ended with code {returncode}"


def stop_on_signals() -> None:
    """Turn the first request to stop into StopRequested; later ones are ignored."""
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def handle(number: int, frame: FrameType | None) -> None:
        for each in wanted:
            signal.signal(each, signal.SIG_IGN)
        raise StopRequested

    for each in wanted:
        signal.signal(each, handle)
