"""What the tables themselves see to."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from imports.enums import AT_WORK, ENDED, RunState
from imports.models import ImportedObject, ImportRun, RefusedValue, RunProgress, UndoRefusal
from imports.services import progress, refusals, runs, touched, work
from tests.factories.imports import fake_kind, make_run


@pytest.mark.parametrize(
    ("model", "field", "limit"),
    [
        (RefusedValue, "column", refusals.LIMITS[0]),
        (RefusedValue, "series", refusals.LIMITS[1]),
        (RefusedValue, "raw", refusals.LIMITS[2]),
        (RefusedValue, "reason", refusals.LIMITS[3]),
        (ImportedObject, "label", touched.LABEL),
        (RunProgress, "step", progress.STEP_LENGTH),
        (ImportRun, "problem", work.PROBLEM),
        (ImportRun, "file_name", runs.NAME_LENGTH),
        (UndoRefusal, "label", work.LABEL),
        (UndoRefusal, "reason", work.LABEL),
    ],
)
def test_what_is_cut_fits_the_column(model: Any, field: str, limit: int) -> None:
    assert model._meta.get_field(field).max_length == limit


def test_every_state_is_for_a_worker_for_a_person_or_the_end() -> None:
    waiting = {RunState.MAPPING, RunState.READY}
    assert set(AT_WORK) | set(ENDED) | waiting == set(RunState)
    assert len(AT_WORK) + len(ENDED) + len(waiting) == len(RunState)


@pytest.mark.django_db
def test_no_other_state_can_be_stored(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    with fake_kind():
        run = make_run()
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(state="lost")
