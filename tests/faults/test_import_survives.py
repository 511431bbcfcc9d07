"""F38, F05: an import comes to the same rows, whichever step of it is killed."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from core.faults import VARIABLE
from core.local.layout import ROOT
from tests.faults.running import Running, running, until

pytestmark = pytest.mark.faults

SEED = 20261122
ROUNDS = 4
PRODUCTS = 600
DAYS = 10
UPLOADED = "imports.after_upload"
# Each round: the upload is killed, then the worker at each of these, in the check or the import.
POINTS = ("imports.parsing", "imports.staged", "imports.publishing", "imports.committed")
PARTS = ("worker", "postgres", "valkey")
UNDO_POINTS = POINTS[2:]
MARKS = "SELECT count(*) FROM portfolio_stalemark"
# The clock rings every 15 s; then the work has to be done, on a machine that may be busy.
RECOVERY_SECONDS = 90


def make_file(folder: Path, name: str, seed: int) -> Path:
    """A wide file of services: mostly numbers, some unknown, some nonsense, quoted new lines."""
    chance = random.Random(seed)
    days = [dt.date.today() - dt.timedelta(days=ago) for ago in range(DAYS, 0, -1)]
    lines = [",".join(["Service", "Note", *(f'"Users\non {day}"' for day in days)])]
    for number in range(PRODUCTS):
        cells = [_cell(chance) for _ in days]
        lines.append(",".join([f"{name} {number:04}", '"two\nlines"', *cells]))
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def _cell(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.9:
        return str(chance.randrange(1, 5000))
    return "" if kind < 0.95 else chance.choice(["-", "many", "1_000", "nan"])


@dataclass
class Watch:
    """Looks at a run's progress all the time, from outside."""

    url: str
    seen: list[tuple[int, str, int, int]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        sql = (
            "SELECT r.id, r.state, p.rows_done, p.starts FROM imports_importrun r"
            " JOIN imports_runprogress p ON p.run_id = r.id"
        )
        while not self.over.wait(0.02):
            with (
                contextlib.suppress(psycopg.Error),
                psycopg.connect(self.url, autocommit=True) as connection,
            ):
                while not self.over.wait(0.02):
                    self.seen += connection.execute(sql).fetchall()

    def went_back(self) -> list[Any]:
        """Where rows became fewer while a run was in the same state."""
        furthest: dict[tuple[int, str], int] = {}
        found = []
        for run_id, state, rows, _ in self.seen:
            if rows < furthest.get((run_id, state), 0):
                found.append((run_id, state, rows))
            furthest[run_id, state] = max(rows, furthest.get((run_id, state), 0))
        return found

    def began_again_after(self, rows: int) -> bool:
        """Whether a worker began from the first row where another one had come so far."""
        came = {(run, state, starts) for run, state, done, starts in self.seen if done >= rows}
        return any((run, state, starts - 1) in came for run, state, _, starts in self.seen)


@contextlib.contextmanager
def watched(run: Running) -> Iterator[Watch]:
    watch = Watch(run.environment["DATABASE_URL"])
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


@dataclass
class Faults:
    """The folder in which points are armed and passes are noted (core/faults.py)."""

    folder: Path

    def arm(self, point: str, count: int = 1) -> None:
        draft = self.folder / "draft"
        draft.write_text(str(count))
        draft.rename(self.folder / "armed" / point)

    def is_armed(self, point: str) -> bool:
        return (self.folder / "armed" / point).exists()

    def killed(self) -> list[str]:
        """The points that have killed somebody, in order."""
        log = self.folder / "reached"
        lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
        return [point for point, _, what in lines if what == "killed"]


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faults:
    folder = tmp_path / "points"
    (folder / "armed").mkdir(parents=True)
    monkeypatch.setenv(VARIABLE, str(folder))
    return Faults(folder)


@pytest.fixture
def homegrown(tmp_path: Path, faults: Faults) -> Iterator[Running]:
    var = tmp_path / "var"
    var.mkdir()
    tmp_path.chmod(0o711)
    with running(var) as run:
        run.driver("populate", "0").wait(timeout=120)
        yield run


def driven(run: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.import_driver", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=run.environment, stdout=subprocess.PIPE, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def last_line(run: Running, *arguments: str) -> Any:
    done = driven(run, *arguments)
    assert done.returncode == 0
    return json.loads(done.stdout.splitlines()[-1])


def state_of(run: Running, run_id: int) -> str | None:
    state: str | None = run.query(f"SELECT state FROM imports_importrun WHERE id = {run_id}")
    return state


def wait_for(run: Running, run_id: int, state: str) -> None:
    assert until(lambda: state_of(run, run_id) == state, seconds=RECOVERY_SECONDS), (
        state_of(run, run_id),
        run.query(f"SELECT problem FROM imports_importrun WHERE id = {run_id}"),
        (run.var / "run.log").read_text()[-3000:],
    )


def half_done(run: Running, run_id: int) -> list[str]:
    """What a run that is not done has left behind all the same."""
    if state_of(run, run_id) == "done":
        return []
    sql = "SELECT count(*) FROM {} WHERE {} = {}"
    places = (("kpis_measurement", "import_run"), ("imports_importedobject", "run_id"))
    return [table for table, key in places if run.query(sql.format(table, key, run_id))]


def flush(run: Running) -> None:
    """FLUSHALL, as an operator would send it."""
    with contextlib.suppress(redis.ConnectionError):
        redis.Redis.from_url(run.environment["REDIS_URL"]).flushall()


def import_quietly(run: Running, path: Path) -> int:
    run_id: int = last_line(run, "upload", str(path), str(uuid.uuid4()))
    wait_for(run, run_id, "ready")
    assert driven(run, "start", str(run_id)).returncode == 0
    wait_for(run, run_id, "done")
    return run_id


def upload_killed(run: Running, faults: Faults, path: Path) -> int:
    """The number of the run of a file whose upload was killed and sent again."""
    token = str(uuid.uuid4())
    faults.arm(UPLOADED)
    assert driven(run, "upload", str(path), token).returncode == -signal.SIGKILL
    run_id: int = last_line(run, "upload", str(path), token)
    assert last_line(run, "upload", str(path), token) == run_id
    return run_id


def kill_at(run: Running, faults: Faults, run_id: int, point: str) -> None:
    """Wait until the armed point has killed, and look that nothing is half done."""
    assert until(lambda: not faults.is_armed(point), seconds=RECOVERY_SECONDS, every=0.02), point
    assert half_done(run, run_id) == []


def kill_part(run: Running, part: str) -> None:
    """A whole part dies as well; on with it when everything answers again."""
    run.kill(part)
    assert until(
        lambda: part in run.pids() and run.status("/health/ready") == 200,
        seconds=RECOVERY_SECONDS,
    )


def import_through_kills(run: Running, faults: Faults, path: Path, chance: random.Random) -> int:
    """Import a file while each point kills once, some in the check, the others in the import."""
    points = list(POINTS)
    chance.shuffle(points)
    for step, state in ((points[:2], "ready"), (points[2:], "done")):
        for point in step:  # both at once: a message may bring the run back any moment
            faults.arm(point, chance.randrange(1, 4) if point == "imports.parsing" else 1)
        if state == "ready":
            run_id = upload_killed(run, faults, path)
        else:
            assert driven(run, "start", str(run_id)).returncode == 0
        for point in sorted(step, key=POINTS.index):
            kill_at(run, faults, run_id, point)
            if chance.random() < 0.4:
                flush(run)
            if chance.random() < 0.4:
                kill_part(run, chance.choice(PARTS))
        wait_for(run, run_id, state)
    return run_id


def undo_through_kills(run: Running, faults: Faults, run_id: int) -> None:
    """Take an import back while the worker is killed right before and after its commit."""
    for point in UNDO_POINTS:
        faults.arm(point)
    assert driven(run, "undo", str(run_id)).returncode == 0
    for point in UNDO_POINTS:
        assert until(lambda point=point: not faults.is_armed(point), seconds=RECOVERY_SECONDS)
    wait_for(run, run_id, "undone")


def test_kills_at_every_point_leave_the_same_rows(
    homegrown: Running, faults: Faults, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    files = tmp_path / "files"
    files.mkdir()
    began = time.monotonic()
    with watched(homegrown) as watch:
        untouched = import_quietly(homegrown, make_file(files, "Quiet", SEED))
        expected = last_line(homegrown, "facts", str(untouched))
        assert faults.killed() == []
        runs = [
            import_through_kills(homegrown, faults, make_file(files, f"Round{n}", SEED), chance)
            for n in range(ROUNDS)
        ]
    seconds = time.monotonic() - began
    kills = Counter(faults.killed())
    print(f"\n{dict(kills)}, {sum(kills.values())} kills in {seconds:.0f} s; {expected}")
    assert kills == dict.fromkeys((UPLOADED, *POINTS), ROUNDS)
    assert expected["state"] == "done"
    assert expected["products"][0] == PRODUCTS
    assert expected["values"][0] + expected["refused"][0] > PRODUCTS * DAYS * 0.9
    assert expected["refused"][0] > 100
    for run_id in runs:
        assert last_line(homegrown, "facts", str(run_id)) == expected
    assert homegrown.query("SELECT count(*) FROM imports_importrun") == ROUNDS + 1
    assert watch.went_back() == []
    assert {0, PRODUCTS} < {rows for _, _, rows, _ in watch.seen}
    assert watch.began_again_after(PRODUCTS)
    assert until(lambda: homegrown.query(MARKS) == 0, seconds=RECOVERY_SECONDS * 2)
    assert homegrown.check()["different"] == []

    undo_through_kills(homegrown, faults, runs[0])
    undone = last_line(homegrown, "facts", str(runs[0]))
    assert {undone[what][0] for what in ("products", "kpis", "values")} == {0}
    assert last_line(homegrown, "facts", str(runs[1])) == expected


def test_control_with_two_transactions_the_check_is_red(
    homegrown: Running, faults: Faults, tmp_path: Path
) -> None:
    path = make_file(tmp_path, "Halves", SEED)
    run_id: int = last_line(homegrown, "upload", str(path), str(uuid.uuid4()))
    wait_for(homegrown, run_id, "ready")
    faults.arm("imports.publishing")
    done = driven(homegrown, "work", str(run_id), "--in-two")
    assert done.returncode == -signal.SIGKILL
    assert half_done(homegrown, run_id) == ["kpis_measurement", "imports_importedobject"]
    wait_for(homegrown, run_id, "done")
    tallies = {row["key"]: row for row in last_line(homegrown, "facts", str(run_id))["tallies"]}
    assert tallies["wau"]["new"] == 0
