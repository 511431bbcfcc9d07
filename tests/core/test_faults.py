"""The points at which a fault test lets a process die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core import faults
from core.local.layout import ROOT


def test_without_a_test_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(faults.VARIABLE, raising=False)
    monkeypatch.setattr(faults, "_pass", lambda folder, point: pytest.fail("reached"))
    faults.reach("imports.parsing")


def test_the_nth_pass_of_an_armed_point_kills(tmp_path: Path) -> None:
    (tmp_path / "armed").mkdir()
    (tmp_path / "armed" / "here").write_text("3")
    code = "from core.faults import reach\nfor name in ('here', 'there') * 5: reach(name)"
    environment = {**os.environ, faults.VARIABLE: str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    passed = [line.split()[::2] for line in (tmp_path / "reached").read_text().splitlines()]
    assert passed == [*[["here", "passed"], ["there", "passed"]] * 2, ["here", "killed"]]
    assert list((tmp_path / "armed").iterdir()) == []

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
