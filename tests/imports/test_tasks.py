"""Doorbells: run twice, at once, or not at all, an import comes to the same end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection, connections, transaction

from config.celery import app as current_app
from core.locks import advisory_lock
from imports import selectors, services, tasks
from imports.enums import RunState
from imports.kinds import Job
from imports.models import ImportedObject, ImportRun, RefusedValue, RunProgress
from imports.services import WrongState
from imports.services.work import TURN
from portfolio.models import Team
from tests.factories.imports import NOW, FakeKind, fake_kind, make_run

TASKS = {
    "imports.tasks.work_on_run": {"run_id": 0},
    "imports.tasks.resume_runs": {},
    "imports.tasks.prune_files": {},
}
LONG = 20

pytestmark = pytest.mark.django_db(transaction=True)  # nudges go out after a commit


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def fake() -> Iterator[FakeKind]:
    with fake_kind() as kind:
        yield kind


def publishing(**given: Any) -> ImportRun:
    run = make_run(**given)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.PUBLISHING)
    return run


def left_behind() -> tuple[Any, ...]:
    return (
        sorted(Team.objects.values_list("name", flat=True)),
        list(RefusedValue.objects.order_by("line").values_list("run_id", "line", "raw")),
        sorted(ImportedObject.objects.values_list("label", flat=True)),
        list(ImportRun.objects.order_by("pk").values_list("state", flat=True)),
    )


def state_of(run: ImportRun) -> str:
    return str(ImportRun.objects.get(pk=run.pk).state)


def test_every_task_is_run_twice_here() -> None:
    current_app.loader.import_default_modules()
    assert {name for name in current_app.tasks if name.startswith("imports.")} == set(TASKS)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_twice_is_once(name: str, fake: FakeKind, eager_tasks: None) -> None:
    run = publishing()
    task, arguments = current_app.tasks[name], dict.fromkeys(TASKS[name], run.pk)
    task.delay(**arguments)
    tasks.resume_runs()
    once = left_behind()
    task.delay(**arguments)
    tasks.resume_runs()
    assert left_behind() == once
    assert once == (["Alpha", "Beta"], [(run.pk, 3, "bad")], ["Alpha", "Beta"], ["done"])
    assert fake.loads == 1


def test_at_once_is_once(fake: FakeKind) -> None:
    run = publishing()
    inside, go_on = threading.Event(), threading.Event()

    def wait(job: Job) -> None:
        inside.set()
        assert go_on.wait(LONG)

    fake.during = wait
    with in_thread(lambda: tasks.work_on_run(run_id=run.pk)):
        assert inside.wait(LONG)
        assert services.work_on(run_id=run.pk, now=NOW) is None
        go_on.set()
    assert fake.loads == 1
    assert state_of(run) == RunState.DONE


def test_imports_wait_for_one_another(fake: FakeKind) -> None:
    run = publishing()
    with in_another_transaction(lambda: advisory_lock(TURN)):
        assert services.work_on(run_id=run.pk, now=NOW) is None
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.DONE
    assert RunProgress.objects.get().starts == 1


def test_after_one_import_the_others_are_rung(fake: FakeKind, eager_tasks: None) -> None:
    runs = [publishing(text=f"name\nTeam {number}\n") for number in range(3)]
    tasks.work_on_run(run_id=runs[1].pk)
    assert {state_of(run) for run in runs} == {RunState.DONE}
    assert selectors.runs_waiting() == []


# Progress and cancelling, seen from outside


def test_progress_is_seen_while_the_import_is_not(fake: FakeKind) -> None:
    run = publishing()
    seen = []

    def look(job: Job) -> None:
        job.report.tell("Sorting", 2, 3)  # type: ignore[attr-defined]  # a Report
        with another_connection() as other, other.cursor() as cursor:
            cursor.execute("SELECT step, rows_done, rows_total, starts FROM imports_runprogress")
            progress = cursor.fetchone()
            cursor.execute("SELECT state FROM imports_importrun")
            state = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM portfolio_team")
            seen.append((*progress, *state, *cursor.fetchone()))

    fake.during = look
    services.work_on(run_id=run.pk, now=NOW)
    assert seen == [("Sorting", 2, 3, 1, "publishing", 0)]


def test_progress_never_goes_back(fake: FakeKind) -> None:
    run = publishing()
    RunProgress.objects.update(rows_done=10)
    fake.during = lambda job: job.report.tell("Again", 1)  # type: ignore[attr-defined]  # a Report
    services.work_on(run_id=run.pk, now=NOW)
    assert RunProgress.objects.get().rows_done == 10


def test_reports_are_written_twice_a_second_at_most(fake: FakeKind) -> None:
    run = publishing()
    steps = []
    fake.during = lambda job: steps.extend(
        [job.report(f"Step {number}"), RunProgress.objects.get().step][1] for number in range(200)
    )
    services.work_on(run_id=run.pk, now=NOW)
    assert set(steps) == {"Reading the file"}


def test_a_starting_worker_that_dies_is_counted(fake: FakeKind) -> None:
    run = publishing()

    def die(job: Job) -> None:
        raise SystemExit  # no Exception: like a kill, nobody catches it

    fake.during = die
    with pytest.raises(SystemExit):
        services.work_on(run_id=run.pk, now=NOW)
    assert RunProgress.objects.get().starts == 1
    assert left_behind() == ([], [], [], ["publishing"])


@pytest.mark.parametrize("state", [RunState.CHECKING, RunState.PUBLISHING])
def test_cancelled_while_at_work(fake: FakeKind, state: str) -> None:
    run = make_run()
    ImportRun.objects.filter(pk=run.pk).update(state=state)

    def cancel(job: Job) -> None:
        with in_thread(lambda: services.cancel_run(run_id=run.pk, by=run.by, now=NOW)):
            pass
        assert RunProgress.objects.get().cancel_wanted

    fake.during = cancel
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.CANCELLED
    assert left_behind() == ([], [], [], ["cancelled"])
    assert not (Path(django_settings.MEDIA_ROOT) / run.file).exists()


def test_who_cancels_during_the_commit_waits_and_hears_that_it_is_done(
    fake: FakeKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = publishing()
    look_last, told, threads = services.work.Progress.look_last, [], []

    def cancel() -> None:
        try:
            services.cancel_run(run_id=run.pk, by=run.by, now=NOW)
        except WrongState as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    def looked(self: Any) -> None:
        look_last(self)
        thread = threading.Thread(target=cancel)
        thread.start()
        threads.append(thread)
        assert is_waited_for()

    monkeypatch.setattr(services.work.Progress, "look_last", looked)
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.DONE
    threads[0].join(LONG)
    assert told == ["This import is imported."]
    assert not RunProgress.objects.get().cancel_wanted


def is_waited_for() -> bool:
    """Whether somebody comes to wait for a lock of this connection."""
    sql = "SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                return True
            cursor.execute("SELECT pg_sleep(0.005)")
    return False


def test_a_progress_that_cannot_be_written_holds_up_no_import(fake: FakeKind) -> None:
    run = publishing()

    def lock_out(job: Job) -> None:
        job.report._own.close()  # type: ignore[attr-defined]  # a Report
        job.report._own.settings_dict["NAME"] = "nowhere"  # type: ignore[attr-defined]  # a Report
        job.report.tell("Sorting", 1)  # type: ignore[attr-defined]  # a Report

    fake.during = lock_out
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.DONE


def test_the_time_limits_of_the_connection_are_as_before(fake: FakeKind) -> None:
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")
    during = []

    def limits() -> list[str]:
        with connection.cursor() as cursor:
            return [cursor.execute(f"SHOW {name}").fetchone()[0] for name in names]

    before = limits()
    run = publishing()
    fake.during = lambda job: during.extend(limits())
    services.work_on(run_id=run.pk, now=NOW)
    assert during == ["30min", "1h", "2min"]
    assert limits() == before != during


# Small tools


class in_thread:  # noqa: N801  # reads like what it is
    """Run `job` beside the block; what it raises is raised at the end."""

    def __init__(self, job: Callable[[], Any]) -> None:
        self.job = job
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.job()
        except BaseException as error:  # noqa: BLE001  # handed on
            self.error = error
        finally:
            connection.close()

    def __exit__(self, *_: object) -> None:
        self.thread.join(LONG)
        if self.error is not None:
            raise self.error


class in_another_transaction(in_thread):  # noqa: N801  # likewise
    """Hold what `job` locks for as long as the block runs."""

    def __enter__(self) -> None:
        self.held, self.over = threading.Event(), threading.Event()
        super().__enter__()
        assert self.held.wait(LONG)

    def _run(self) -> None:
        with transaction.atomic():
            self.job()
            self.held.set()
            self.over.wait(LONG)
        connection.close()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        super().__exit__()


class another_connection:  # noqa: N801  # likewise
    """To the same database."""

    def __enter__(self) -> Any:
        self.connection = connections["default"].copy()
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()
