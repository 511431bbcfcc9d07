"""Imports for tests: a kind that turns the lines of a file into saved teams, and runs of it.

The kind stands for what the apps above register. Its file has a name a line: `name` makes a team
(or, where there is one, changes nothing), `bad` is refused. What else a test wants to happen, it
puts into `FakeKind.during`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imports import kinds, services
from imports.kinds import ImportKind, Job, Outcome, Tally, Undo, Undone
from imports.models import ImportedObject, ImportRun, RefusedValue
from imports.rules.mapping import FieldSpec, Spec
from portfolio.models import Team
from tests.factories.accounts import AdministratorFactory

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
SPEC = Spec(subject="team", fields=(FieldSpec(key="name", label="Name", is_required=True),))
MAPPING = 'shape = "wide"\n[team]\nname = { column = "name" }\n'


class FakeKind:
    """Loads teams; `during` is called in the middle of a load, before anything is committed."""

    def __init__(self) -> None:
        self.during: Callable[[Job], Any] = lambda job: None
        self.loads = 0

    def load(self, job: Job) -> Outcome:
        self.loads += 1
        lines = job.path.read_text().splitlines()[1:]
        job.report("Reading the file", 0, len(lines))
        new = bad = 0
        for number, name in enumerate(lines, 2):
            if name == "bad":
                job.refusals.add(line=number, column="name", raw=name, reason="bad")
                bad += 1
                continue
            team, is_new = Team.objects.get_or_create(name=name)
            if is_new:
                new += 1
                services.remember(
                    job.run_id, [("portfolio.team", team.pk, name, "made", {"x": [1]})]
                )
        self.during(job)
        job.report("Reading the file", len(lines))
        tally = Tally("team", "Teams", new, 0, len(lines) - new - bad, {"bad": bad} if bad else {})
        return Outcome(len(lines), (tally,), dt.date(2026, 1, 1), dt.date(2026, 2, 1))

    def undo(self, undo: Undo) -> Undone:
        made = ImportedObject.objects.filter(run_id=undo.run_id).values_list("subject_id", "label")
        kept = [(label, "changed since") for pk, label in made if label == "Kept"]
        gone = Team.objects.filter(pk__in=[pk for pk, label in made if label != "Kept"])
        count, _ = gone.delete()
        return Undone((Tally("team", "Teams", changed=count),), kept)


def _others() -> dict[str, ImportKind]:
    return {key: kind for key, kind in kinds._kinds.entries.items() if key != "teams"}


@contextlib.contextmanager
def fake_kind(
    may_use: Callable[[Any], bool] = lambda user: True, *, is_alone: bool = False, spec: Spec = SPEC
) -> Iterator[FakeKind]:
    """The kind "teams", while the block runs; `is_alone`: without those of the apps."""
    fake = FakeKind()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds._kinds, "entries", {} if is_alone else _others())
        kinds.register(
            ImportKind(
                key="teams",
                label="Teams",
                hint="",
                order=99,
                spec=spec,
                may_use=may_use,
                load=fake.load,
                undo=fake.undo,
            )
        )
        yield fake


def make_run(
    text: str = "name\nAlpha\nbad\nBeta\n",
    *,
    by: Any = None,
    mapping: str = MAPPING,
    name: str = "teams.csv",
    now: dt.datetime = NOW,
) -> ImportRun:
    """A run of the kind "teams" with a stored file; with a mapping it is to be checked next."""
    by = by or AdministratorFactory()
    stored = services.store_upload([text.encode()], name=name)
    run = services.create_run(
        kind="teams", stored=stored, file_name=name, token=uuid.uuid4(), by=by, now=now
    )
    if mapping:
        run = services.set_mapping(run_id=run.pk, text=mapping, by=by, now=now)
    return run


def bring_in(run: ImportRun, now: dt.datetime = NOW) -> ImportRun:
    """Check it, start it, and have it imported."""
    services.work_on(run_id=run.pk, now=now)
    services.start_run(run_id=run.pk, by=run.by, now=now)
    services.work_on(run_id=run.pk, now=now)
    run.refresh_from_db()
    return run


def team_names() -> list[str]:
    """What has been imported."""
    return sorted(Team.objects.values_list("name", flat=True))


def refused() -> list[tuple[int, str, str]]:
    """(line, text, reason) of what was refused."""
    return list(RefusedValue.objects.order_by("line").values_list("line", "raw", "reason"))


def boom(error: BaseException) -> Callable[[Job], None]:
    """For `FakeKind.during`: fail with this."""

    def during(job: Job) -> None:
        raise error

    return during
