"""A run's way from the upload to its end, and every way off it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pghistory.models
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError

from activity.models import Event
from imports import services
from imports.enums import RunState
from imports.kinds import FileRefused
from imports.models import ImportedObject, ImportRun, RefusedValue, RunProgress, UndoRefusal
from imports.rules.mapping import MappingRefused
from imports.services import WrongState
from portfolio.models import Team
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.imports import (
    MAPPING,
    NOW,
    FakeKind,
    boom,
    bring_in,
    fake_kind,
    make_run,
    refused,
    team_names,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT / "imports"


@pytest.fixture
def fake() -> Iterator[FakeKind]:
    with fake_kind() as kind:
        yield kind


# The way of a run


def test_a_file_is_checked_imported_and_undone(fake: FakeKind) -> None:
    run = make_run()
    assert run.state == RunState.CHECKING
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.READY
    run.refresh_from_db()
    assert team_names() == []
    assert refused() == [(3, "bad", "bad")]
    assert ImportedObject.objects.count() == 0
    promised = run.outcome

    services.start_run(run_id=run.pk, by=run.by, now=NOW)
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.DONE
    run.refresh_from_db()
    assert team_names() == ["Alpha", "Beta"]
    assert refused() == [(3, "bad", "bad")]
    assert run.outcome == promised
    assert run.outcome == {
        "rows": 3,
        "refused": 1,
        "first_day": "2026-01-01",
        "last_day": "2026-02-01",
        "tallies": [
            {"key": "team", "label": "Teams", "new": 2, "changed": 0, "unchanged": 0}
            | {"refused": {"bad": 1}}
        ],
    }
    assert run.finished_at == NOW

    services.request_undo(run_id=run.pk, by=run.by, now=NOW)
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.UNDONE
    run.refresh_from_db()
    assert team_names() == []
    assert (run.undone_at, run.undone_by) == (NOW, run.by)
    assert run.outcome["undone"][0]["changed"] == 2
    assert run.outcome["tallies"] == promised["tallies"]


def test_the_same_file_twice_adds_nothing(fake: FakeKind) -> None:
    bring_in(make_run())
    again = bring_in(make_run())
    assert team_names() == ["Alpha", "Beta"]
    assert again.outcome["tallies"][0] | {"new": 0, "unchanged": 2} == again.outcome["tallies"][0]


def test_the_same_form_twice_begins_one_run(fake: FakeKind, media: Path) -> None:
    by, token = AdministratorFactory(), uuid.uuid4()
    runs = []
    for _ in range(2):
        stored = services.store_upload([b"name\n"], name="x.csv")
        runs.append(
            services.create_run(
                kind="teams", stored=stored, file_name="x.csv", token=token, by=by, now=NOW
            )
        )
    assert runs[0] == runs[1]
    assert ImportRun.objects.count() == 1


def test_nobody_begins_what_they_may_not_import() -> None:
    with fake_kind(may_use=lambda user: False), pytest.raises(PermissionDenied):
        make_run()
    assert ImportRun.objects.count() == 0


def test_a_file_name_loses_what_it_should_not_hold(fake: FakeKind) -> None:
    run = make_run(name="C:\\secret\\a\x00b\u202ec\n" + "d" * 300 + ".csv")
    assert run.file_name.startswith("a b c ddd")
    assert len(run.file_name) == 255


def test_a_mapping_that_is_none_is_refused_at_once(fake: FakeKind) -> None:
    run = make_run(mapping="")
    with pytest.raises(MappingRefused):
        services.set_mapping(run_id=run.pk, text="nonsense", by=run.by, now=NOW)
    run.refresh_from_db()
    assert run.state == RunState.MAPPING


def test_a_mapping_of_another_kind_is_refused(fake: FakeKind) -> None:
    run = make_run(mapping="")
    with pytest.raises(MappingRefused, match="reads people, not teams"):
        services.set_mapping(run_id=run.pk, text='kind = "people"\n' + MAPPING, by=run.by, now=NOW)


def test_a_draft_of_a_mapping_is_kept_without_a_check(fake: FakeKind) -> None:
    run = make_run(mapping="")
    services.keep_mapping(run_id=run.pk, text="half", by=run.by, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.mapping) == (RunState.MAPPING, "half")


ACTIONS = {
    "set_mapping": lambda run: services.set_mapping(
        run_id=run.pk, text=MAPPING, by=run.by, now=NOW
    ),
    "keep_mapping": lambda run: services.keep_mapping(
        run_id=run.pk, text=MAPPING, by=run.by, now=NOW
    ),
    "start_run": lambda run: services.start_run(run_id=run.pk, by=run.by, now=NOW),
    "cancel_run": lambda run: services.cancel_run(run_id=run.pk, by=run.by, now=NOW),
    "request_undo": lambda run: services.request_undo(run_id=run.pk, by=run.by, now=NOW),
    "back_to_mapping": lambda run: services.back_to_mapping(run_id=run.pk, by=run.by, now=NOW),
}
ALLOWED = {
    RunState.MAPPING: {"set_mapping", "keep_mapping", "cancel_run", "back_to_mapping"},
    RunState.CHECKING: {"cancel_run"},
    RunState.READY: {"set_mapping", "start_run", "cancel_run", "back_to_mapping"},
    RunState.PUBLISHING: {"start_run", "cancel_run"},
    RunState.DONE: {"request_undo"},
    RunState.UNDOING: {"request_undo"},
    RunState.UNDONE: set(),
    RunState.CANCELLED: set(),
    RunState.FAILED: {"back_to_mapping"},
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", list(RunState))
def test_every_state_allows_what_it_allows(fake: FakeKind, state: str, action: str) -> None:
    run = make_run(mapping="")
    ImportRun.objects.filter(pk=run.pk).update(state=state, finished_at=NOW)
    if action in ALLOWED[RunState(state)]:
        ACTIONS[action](run)
        return
    with pytest.raises(WrongState) as refusal:
        ACTIONS[action](run)
    assert RunState(state).label.lower() in str(refusal.value)
    run.refresh_from_db()
    assert run.state == state


def test_cancelling_leaves_nothing(fake: FakeKind, django_capture_on_commit_callbacks: Any) -> None:
    run = make_run()
    services.work_on(run_id=run.pk, now=NOW)
    path = ImportRun.objects.get(pk=run.pk).path
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_run(run_id=run.pk, by=run.by, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.file, run.outcome) == (RunState.CANCELLED, "", {})
    assert refused() == []
    assert not path.exists()


@pytest.mark.parametrize("state", [RunState.CHECKING, RunState.PUBLISHING])
def test_a_wish_to_stop_is_heard_last_of_all(fake: FakeKind, state: str) -> None:
    run = make_run()
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    fake.during = lambda job: RunProgress.objects.filter(run_id=job.run_id).update(
        cancel_wanted=state == RunState.PUBLISHING
    )
    if state == RunState.CHECKING:  # the wish comes after the work, which is rolled back
        RunProgress.objects.filter(run=run).update(cancel_wanted=True)
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.CANCELLED
    assert team_names() == []
    assert refused() == []
    assert ImportedObject.objects.count() == 0


# What can go wrong in a load


@pytest.mark.parametrize("state", [RunState.CHECKING, RunState.PUBLISHING])
def test_a_refused_file_fails_with_its_words(fake: FakeKind, state: str) -> None:
    run = make_run()
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    fake.during = boom(FileRefused("Too odd."))
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.FAILED
    run.refresh_from_db()
    assert (run.state, run.problem, run.finished_at) == (RunState.FAILED, "Too odd.", NOW)
    assert team_names() == []
    assert services.back_to_mapping(run_id=run.pk, by=run.by, now=NOW).problem == ""


def test_a_refused_mapping_goes_back_with_its_words(fake: FakeKind) -> None:
    run = make_run()
    fake.during = boom(MappingRefused(["No such metric."]))
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.MAPPING
    run.refresh_from_db()
    assert (run.state, run.problem) == (RunState.MAPPING, "No such metric.")


def test_an_unexpected_error_is_tried_ten_times_then_told_calmly(fake: FakeKind) -> None:
    run = make_run()
    fake.during = boom(ZeroDivisionError("secret"))
    for _ in range(10):
        assert services.work_on(run_id=run.pk, now=NOW) == RunState.CHECKING
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.FAILED
    run.refresh_from_db()
    assert fake.loads == 10
    assert "could not finish" in run.problem
    assert "secret" not in run.problem
    assert team_names() == []


def test_an_error_of_the_database_is_for_the_next_try(fake: FakeKind) -> None:
    run = make_run()
    fake.during = boom(DatabaseError("gone"))
    with pytest.raises(DatabaseError):
        services.work_on(run_id=run.pk, now=NOW)
    fake.during = lambda job: None
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.READY


def test_a_vanished_file_is_told(fake: FakeKind) -> None:
    run = make_run()
    run.path.unlink()
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.FAILED
    run.refresh_from_db()
    assert "no longer stored" in run.problem


@pytest.mark.parametrize("change", [{"is_active": False}, None])
def test_nobody_imports_after_their_account_has_gone(fake: FakeKind, change: Any) -> None:
    run = make_run()
    if change:
        type(run.by).objects.filter(pk=run.by.pk).update(**change)
    else:
        ImportRun.objects.filter(pk=run.pk).update(by=None)
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.FAILED
    assert fake.loads == 0


# Undo


def test_an_undo_tells_what_it_has_kept(fake: FakeKind) -> None:
    run = bring_in(make_run("name\nKept\nGone\n"))
    services.request_undo(run_id=run.pk, by=run.by, now=NOW)
    services.work_on(run_id=run.pk, now=NOW)
    assert team_names() == ["Kept"]
    assert list(UndoRefusal.objects.values_list("label", "reason")) == [("Kept", "changed since")]


def test_an_undo_comes_too_late_in_plain_words(fake: FakeKind, settings: Any) -> None:
    settings.IMPORT_UNDO_DAYS = 30
    run = bring_in(make_run())
    with pytest.raises(WrongState, match="can be undone for 30 days"):
        services.request_undo(run_id=run.pk, by=run.by, now=NOW + dt.timedelta(days=30, seconds=1))
    services.request_undo(run_id=run.pk, by=run.by, now=NOW + dt.timedelta(days=30))


def test_an_undo_that_fails_leaves_it_imported(fake: FakeKind) -> None:
    run = bring_in(make_run())
    services.request_undo(run_id=run.pk, by=UserFactory(is_active=False), now=NOW)
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.DONE
    run.refresh_from_db()
    assert run.problem
    assert team_names() == ["Alpha", "Beta"]


# Who did it


def test_history_and_log_name_who_it_was(fake: FakeKind) -> None:
    boss, other = AdministratorFactory(), AdministratorFactory()
    run = bring_in(make_run(by=boss))
    event = Event.objects.get(verb="imported")
    assert (event.actor_id, event.subject_label) == (boss.pk, "teams.csv")
    made = pghistory.models.Events.objects.tracks(Team.objects.get(name="Alpha")).get()
    assert made.pgh_context["user"] == boss.pk
    assert (made.pgh_context["source"], made.pgh_context["import_run"]) == ("import", run.pk)

    services.request_undo(run_id=run.pk, by=other, now=NOW)
    services.work_on(run_id=run.pk, now=NOW)
    verbs = set(Event.objects.filter(actor_id=other.pk).values_list("verb", flat=True))
    assert verbs == {"asked to undo the import of", "undid the import of"}


# Refusals and what was touched


def test_refusals_take_any_text_and_keep_it_short(fake: FakeKind) -> None:
    odd = "\\N\t\x00\r\n\\.\ud800é" + "x" * 2000
    run = make_run()
    fake.during = lambda job: job.refusals.add(
        line=2**40, column="c" * 400, raw=odd, reason="r" * 400, series="s" * 50
    )
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.READY
    kept = RefusedValue.objects.latest("line")
    assert kept.raw == ("\\N\t\ufffd\r\n\\.?é" + "x" * 2000)[:1000]
    assert (kept.line, len(kept.column), len(kept.reason), len(kept.series)) == (
        2**40,
        300,
        300,
        40,
    )


def test_the_refusals_of_a_check_are_replaced(fake: FakeKind) -> None:
    run = make_run("name\nbad\nbad\nA\n")
    services.work_on(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    run.path.write_text("name\nA\nbad\n")
    services.start_run(run_id=run.pk, by=run.by, now=NOW)
    services.work_on(run_id=run.pk, now=NOW)
    assert refused() == [(3, "bad", "bad")]


def test_what_was_touched_is_kept_as_it_was(fake: FakeKind) -> None:
    run = make_run()
    before = {"name": 'a\t"b"\\n\né', "numbers": [1.5, None]}
    rows = [("portfolio.team", number, "L" * 400, "changed", before) for number in range(3)]
    assert services.remember(run.pk, iter(rows)) == 3
    assert services.remember(run.pk, []) == 0
    kept = ImportedObject.objects.filter(run=run).order_by("pk")
    assert [row.subject_id for row in kept] == [0, 1, 2]
    assert (kept[0].before, len(kept[0].label), kept[0].action) == (before, 300, "changed")
