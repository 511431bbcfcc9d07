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

import psycopg
import pytest
import redis

from tests.faults.person import Person
from tests.faults.running import Running, running, until

pytestmark = pytest.mark.faults

Key = tuple[int, str]

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


def noted(log: Path) -> tuple[dict[Key, float], dict[Key, set[float]]]:
    """By (KPI, day): the last value whose commit was acknowledged, and what may stand there.

    An attempt without an acknowledgement may or may not have been committed: its value may stand
    instead of the last acknowledged one, but nothing else may.
    """
    last: dict[Key, float] = {}
    possible: dict[Key, set[float]] = {}
    for line in log.read_text().splitlines():
        if not line.endswith("]"):
            continue  # killed while writing it
        state, kpi, day, value = json.loads(line)
        if state == "done":
            last[kpi, day] = value
            possible[kpi, day] = {value}
        else:
            possible.setdefault((kpi, day), set()).add(value)
    return last, possible


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
    entries, _ = noted(log)
    print(
        f"\nkills with work in flight {caught}, {len(entries)} values, settled in {recovery:.1f} s"
    )
    assert sum(caught.values()) >= 20
    assert found["different"] == []
    assert found["marks"] == 0
    assert found["products"] == PRODUCTS
    assert _lost(homegrown, log) == []


def _lost(run: Running, log: Path) -> list[tuple[Key, float | None]]:
    """Acknowledged (KPI, day) pairs that hold no value, or one that nobody entered last."""
    last, possible = noted(log)
    sql = "SELECT kpi_id, date::text, value FROM kpis_measurement WHERE segment = ''"
    with psycopg.connect(run.environment["DATABASE_URL"]) as connection:
        stored = {(kpi, day): value for kpi, day, value in connection.execute(sql)}
    return [(key, stored.get(key)) for key in last if stored.get(key) not in possible[key]]


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
