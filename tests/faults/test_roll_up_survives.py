"""F01, F05: whatever is killed, whenever: health equals a recomputation from scratch."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.faults.person import Person
from tests.faults.running import Running, running, until

pytestmark = pytest.mark.faults

PRODUCTS = 60
KILLS = 24
SEED = 20261121
RECOVERY_SECONDS = 60
PARTS = ("worker", "valkey", "postgres")
MARKS = "SELECT count(*) FROM portfolio_stalemark"
# A roll-up holds its advisory lock for as long as its transaction is open.
ROLLING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
def homegrown(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as run:
        run.driver("populate", str(PRODUCTS)).wait(timeout=120)
        yield run


@contextlib.contextmanager
def writing(run: Running, log: Path, *flags: str) -> Iterator[None]:
    """Values keep coming in while the block runs."""
    writer = run.driver("write", str(SEED), str(log), *flags)
    try:
        assert until(lambda: log.exists() and log.stat().st_size > 0, seconds=60)
        yield
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()


def acknowledged(log: Path) -> dict[tuple[str, str], str]:
    """The last value of each (KPI, day) whose transaction was committed."""
    entries = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("]")]
    return {(kpi, day): value for kpi, day, value in entries}


def kill_while_working(run: Running, part: str) -> bool:
    """Kill `part` at a moment that is proven to be one of work; whether there was such a moment."""
    proof = ROLLING if part == "worker" else MARKS
    caught = until(lambda: bool(run.query(proof)), seconds=20, every=0.005)
    return run.kill(part) and caught


def is_settled(run: Running) -> bool:
    return run.query(MARKS) == 0 and run.status("/health/ready") == 200


def test_kills_of_every_part_leave_health_as_if_nothing_had_happened(
    homegrown: Running, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    log = tmp_path / "acknowledged"
    parts = list(PARTS) * (KILLS // len(PARTS))
    chance.shuffle(parts)
    caught = dict.fromkeys(PARTS, 0)
    with writing(homegrown, log):
        for part in parts:
            time.sleep(chance.uniform(0.2, 1.5))
            assert until(lambda part=part: part in homegrown.pids(), seconds=30)
            caught[part] += kill_while_working(homegrown, part)
    began = time.monotonic()
    assert until(lambda: is_settled(homegrown), seconds=RECOVERY_SECONDS)
    recovery = time.monotonic() - began
    found = homegrown.check()
    entries = acknowledged(log)
    print(
        f"\nkills with work in flight {caught}, {len(entries)} values, settled in {recovery:.1f} s"
    )
    assert sum(caught.values()) >= 20
    assert found["different"] == []
    assert found["marks"] == 0
    assert found["products"] == PRODUCTS
    assert _lost(homegrown, entries) == []


def _lost(run: Running, entries: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Acknowledged values that the database does not have; the very last one may be newer."""
    missing = []
    for kpi, day in entries:
        sql = f"SELECT count(*) FROM kpis_measurement WHERE kpi_id = {int(kpi)} AND date = '{day}'"
        if run.query(sql) != 1:
            missing.append((kpi, day))
    return missing


def test_an_emptied_and_restarted_broker_loses_nothing(homegrown: Running, tmp_path: Path) -> None:
    log = tmp_path / "acknowledged"
    with writing(homegrown, log):
        for _ in range(3):
            time.sleep(1)
            flush(homegrown)
            homegrown.kill("valkey")
            for file in (tmp_path / "valkey").rglob("*"):
                if file.is_file():
                    file.unlink()
            assert until(lambda: is_answered(homegrown), seconds=30)
    assert until(lambda: is_settled(homegrown), seconds=90)
    assert homegrown.check()["different"] == []


def is_answered(run: Running) -> bool:
    """Whether the broker is up again."""
    with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
        return bool(redis.Redis.from_url(run.environment["REDIS_URL"]).ping())
    return False


def flush(run: Running) -> None:
    """FLUSHALL, as an operator would send it."""
    with contextlib.suppress(redis.ConnectionError):
        redis.Redis.from_url(run.environment["REDIS_URL"]).flushall()


def test_control_without_marks_the_check_is_red(homegrown: Running, tmp_path: Path) -> None:
    assert until(lambda: is_settled(homegrown), seconds=60)
    log = tmp_path / "acknowledged"
    with writing(homegrown, log, "--without-marks"):
        time.sleep(3)
    assert homegrown.check()["different"] != []


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
def test_everything_answers_while_the_broker_is_away(
    homegrown: Running, how: signal.Signals
) -> None:
    """F05, F06: sign-in, every page and a form, with Valkey frozen and with Valkey gone."""
    person = Person(homegrown.url)
    with broker_away(homegrown, how):
        credentials = {"login": "boss@faults.example", "password": "correct horse battery staple"}
        status, _ = person.send("/accounts/login/", credentials)
        assert status == 200
        statuses = person.walk()
        assert len(statuses) >= 20
        assert {path: status for path, status in statuses.items() if status != 200} == {}
        kpi = homegrown.query("SELECT min(id) FROM kpis_kpi")
        status, page = person.send("/products/product-0/record/", {f"value_{kpi}": "33"})
        assert status == 200
        assert "recorded" in page
    assert until(lambda: is_settled(homegrown), seconds=RECOVERY_SECONDS)
    print(f"\n{len(statuses)} pages, slowest answer {person.slowest:.2f} s")
    assert person.slowest < 5
    assert homegrown.check()["different"] == []


@contextlib.contextmanager
def broker_away(run: Running, how: signal.Signals) -> Iterator[None]:
    """Valkey frozen, or killed again and again, while the block runs."""
    if how == signal.SIGSTOP:
        pid = run.pids()["valkey"]
        _send(pid, how)
        try:
            yield
        finally:
            _continue(pid)
        return
    over = threading.Event()
    killer = threading.Thread(target=_keep_killed, args=(run, over))
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()


def _keep_killed(run: Running, over: threading.Event) -> None:
    while not over.wait(0.05):
        run.kill("valkey")


def _send(pid: int, number: signal.Signals) -> None:
    subprocess.run(["kill", f"-{number.value}", str(pid)], check=True)


def _continue(pid: int) -> None:
    with contextlib.suppress(subprocess.CalledProcessError):
        _send(pid, signal.SIGCONT)
