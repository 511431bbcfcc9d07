"""F11: a worker that hangs with its connection open is noticed, and taken back when it goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from core.heartbeats import SILENT_AFTER
from tests.faults.running import running, until

pytestmark = pytest.mark.faults
# A tick of the clock, and a machine that is busy with other tests.
PATIENCE = 60


def test_a_worker_that_is_stopped_is_silent_until_it_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        assert until(lambda: run.status("/health/workers") == 200, seconds=PATIENCE)
        group = os.getpgid(run.pids()["worker"])
        os.killpg(group, signal.SIGSTOP)
        try:
            limit = SILENT_AFTER.total_seconds() + PATIENCE
            assert until(lambda: run.status("/health/workers") == 503, seconds=limit)
            assert run.status("/health/ready") == 200
        finally:
            os.killpg(group, signal.SIGCONT)
        assert until(lambda: run.status("/health/workers") == 200, seconds=PATIENCE)
