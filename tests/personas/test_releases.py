"""For whom a release note is, and what upper apps remark on personas."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from personas import chips
from personas.chips import ChipSource, PersonaChip, chips_of
from personas.forms import release_fields
from personas.selectors import release_mentions
from personas.services import set_release_personas
from tests.factories.personas import PersonaFactory
from tests.factories.portfolio import NOW, PersonFactory, ReleaseFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 20)


def test_personas_of_a_note_are_replaced_and_shown() -> None:
    release = ReleaseFactory()
    malcolm, dilbert = PersonaFactory(name="Malcolm"), PersonaFactory(name="Dilbert")
    keep = {"release": release, "by": None, "now": NOW}
    assert set_release_personas(answers={"personas": [malcolm.pk, dilbert.pk]}, **keep)
    assert not set_release_personas(answers={"personas": [dilbert.pk, malcolm.pk]}, **keep)
    assert set_release_personas(answers={"personas": [dilbert.pk, 10**9]}, **keep)
    assert [one.label for one in release_mentions([release.pk])[release.pk]] == ["Dilbert"]
    assert set_release_personas(answers={}, **keep)
    assert release_mentions([release.pk]) == {}


def test_the_form_asks_only_where_somebody_was_described() -> None:
    release = ReleaseFactory()
    assert release_fields(release.product, None) == {}
    malcolm = PersonaFactory(name="Malcolm")
    set_release_personas(release=release, answers={"personas": [malcolm.pk]}, by=None, now=NOW)
    field = release_fields(release.product, release)["personas"]
    assert field.choices == [(malcolm.pk, "Malcolm")]
    assert field.initial == [malcolm.pk]


def test_chips_stand_on_the_list_and_on_the_page(client: Client, monkeypatch: Any) -> None:
    malcolm, other = PersonaFactory(name="Malcolm"), PersonaFactory(name="Zoe")
    asked: list[tuple[set[int], dt.date]] = []

    def fetch(ids: Any, day: dt.date) -> dict[int, PersonaChip]:
        asked.append((set(ids), day))
        return {malcolm.pk: PersonaChip("seen on Monday", "watch", "clock")}

    monkeypatch.setattr(chips._sources, "entries", {"x": ChipSource("x", fetch)})
    assert chips_of([], TODAY) == {}
    client.force_login(PersonFactory())
    assert client.get("/personas/").text.count("seen on Monday") == 1
    assert "seen on Monday" in client.get(malcolm.get_absolute_url()).text
    assert [ids for ids, _ in asked] == [{malcolm.pk, other.pk}, {malcolm.pk}]
