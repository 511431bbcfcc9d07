"""Imports from the command line leave all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from activity.models import Event
from imports import services
from imports.enums import RunState
from imports.kinds import FileRefused
from imports.models import ImportRun
from imports.rules.mapping import MappingRefused
from tests.factories.accounts import AdministratorFactory
from tests.factories.imports import (
    MAPPING,
    NOW,
    FakeKind,
    boom,
    fake_kind,
    refused,
    team_names,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake() -> Iterator[FakeKind]:
    with fake_kind() as kind:
        yield kind


# The command line


def test_a_file_is_imported_in_the_foreground(fake: FakeKind, tmp_path: Path) -> None:
    path, steps = tmp_path / "here.csv", []
    path.write_text("name\nAlpha\nbad\n")
    run = services.run_in_foreground(
        kind="teams", path=path, mapping_text=MAPPING, by=None, now=NOW,
        on_progress=lambda *step: steps.append(step),
    )  # fmt: skip
    run.refresh_from_db()
    assert (run.state, run.by, run.file, run.file_name) == (RunState.DONE, None, "", "here.csv")
    assert (run.size, run.sha256) == (15, hashlib.sha256(path.read_bytes()).hexdigest())
    assert run.outcome["tallies"][0]["new"] == 1
    assert (team_names(), refused()) == (["Alpha"], [(3, "bad", "bad")])
    assert steps == [("Reading the file", 0, 2), ("Reading the file", 2, None)]
    assert Event.objects.get(verb="imported").actor_id is None
    boss = AdministratorFactory()
    services.request_undo(run_id=run.pk, by=boss, now=NOW)
    assert services.work_on(run_id=run.pk, now=NOW) == RunState.UNDONE
    assert team_names() == []


def test_a_dry_run_keeps_what_it_found_and_nothing_else(fake: FakeKind, tmp_path: Path) -> None:
    path = tmp_path / "here.csv"
    path.write_text("name\nAlpha\nbad\n")
    run = services.run_in_foreground(
        kind="teams", path=path, mapping_text=MAPPING, by=None, now=NOW, dry_run=True
    )
    assert run.state == RunState.CANCELLED
    assert run.outcome["tallies"][0]["new"] == 1
    assert (team_names(), refused()) == ([], [(3, "bad", "bad")])
    assert not Event.objects.filter(verb="imported").exists()


@pytest.mark.parametrize("error", [FileRefused("no"), MappingRefused(["no"]), KeyboardInterrupt()])
def test_a_broken_command_leaves_not_even_its_run(
    fake: FakeKind, tmp_path: Path, error: Exception
) -> None:
    path = tmp_path / "here.csv"
    path.write_text("name\nAlpha\n")
    fake.during = boom(error)
    with pytest.raises(type(error)):
        services.run_in_foreground(kind="teams", path=path, mapping_text=MAPPING, by=None, now=NOW)
    assert team_names() == []
    assert ImportRun.objects.count() == 0


def test_a_missing_file_is_told_to_the_operator(fake: FakeKind, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="can't be read: No such file"):
        services.run_in_foreground(
            kind="teams", path=tmp_path / "gone.csv", mapping_text=MAPPING, by=None, now=NOW
        )
