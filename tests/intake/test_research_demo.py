"""The demo tells a story of research and releases, once, and is gone when it is removed."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import User
from core.demo import seeders
from intake.models import EdgeCase, FieldNote, Opportunity, ReleasedOpportunity
from personas.models import ReleasePersona
from portfolio.models import Release

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


def test_the_story_is_told_once_and_taken_away() -> None:
    for _ in range(2):
        for seeder in seeders():
            if seeder.key != "health":
                seeder.seed(NOW)
    assert User.objects.filter(is_demo=True).exists()
    kinds = set(Release.objects.values_list("kind", flat=True))
    assert kinds == {"new", "improved", "fixed", "win", "lesson"}
    assert Release.objects.count() == 17
    assert Release.objects.filter(published_at=None).count() == 1
    assert FieldNote.objects.filter(persona__isnull=False).count() == 4
    assert EdgeCase.objects.exclude(remedy="").count() == 2
    assert ReleasePersona.objects.count() == 7
    link = ReleasedOpportunity.objects.get()
    assert link.told_at == NOW
    assert link.opportunity.shipped_at is not None
    assert Opportunity.objects.filter(shipped_at__isnull=False).exists()
    for seeder in reversed(seeders()):
        seeder.remove()
    assert not (Release.objects.exists() or FieldNote.objects.exists())
    assert not ReleasedOpportunity.objects.exists()
