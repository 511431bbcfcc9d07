"""Every field that may hold something about a person is in the registry of personal data."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps as django_apps
from django.db import models
from django.test.utils import isolate_apps

from core import personal
from core.personal import Holds, PersonalData, out_of_date, tables, typed, unclassified
from tests.architecture.house import FLOORS, ROOT


def _models() -> list[type[models.Model]]:
    """Every table of the database: ours, the libraries and their histories; no views of others."""
    return [one for one in django_apps.get_models() if one._meta.managed and not one._meta.proxy]


def test_every_field_is_classified() -> None:
    assert unclassified(_models()) == []


def test_nothing_is_classified_that_is_not_there() -> None:
    assert out_of_date() == []


def test_a_field_that_nobody_has_spoken_about_is_found(monkeypatch) -> None:
    """The same model with one line less, one field at a time, history included."""
    people = personal._tables.entries["stakeholders.Person"]
    for name in ("name", "email", "role", "locale"):
        fields = {key: held for key, held in people.fields.items() if key != name}
        less = PersonalData(model=people.model, noun="people", person="pk", fields=fields)
        monkeypatch.setitem(personal._tables.entries, "stakeholders.Person", less)
        assert f"stakeholders.Person.{name}" in unclassified(_models())
        assert f"stakeholders.PersonEvent.{name}" in unclassified(_models())


@isolate_apps("core")
def test_a_new_model_is_found() -> None:
    class Diary(models.Model):
        title = models.CharField(max_length=10)
        told_by = models.BigIntegerField()
        pages = models.PositiveIntegerField()
        kind = models.CharField(max_length=1, choices=[("a", "A")])
        day = models.DateField()

        class Meta:
            app_label = "core"

        def __str__(self) -> str:
            return self.title

    assert unclassified([Diary]) == ["core.Diary"]
    assert [field.name for field in personal.classifiable(Diary)] == ["title", "told_by"]


def test_a_stale_line_is_found(monkeypatch) -> None:
    odd = PersonalData(model="portfolio.Team", noun="teams", fields={"motto": typed()})
    gone = PersonalData(model="portfolio.Gone", noun="gone", fields={})
    copy = PersonalData(model="portfolio.Dependency", noun="x", fields={}, copies=("kpis.Gone",))
    for one in (odd, gone, copy):
        monkeypatch.setitem(personal._tables.entries, one.model, one)
    found = ["portfolio.Dependency ← kpis.Gone", "portfolio.Gone", "portfolio.Team.motto"]
    assert out_of_date() == found


def test_every_app_with_tables_has_its_own_file() -> None:
    apps = {model._meta.app_label for model in _models()} & set(FLOORS)
    files = {path.parent.name for path in ROOT.glob("*/personal.py")}
    assert files == apps


def test_a_table_about_somebody_says_how() -> None:
    """What is emptied in somebody's rows needs a way to find these rows."""
    lost = [
        table.model
        for table in tables()
        if table.emptied() and not (table.person or table.account or table.email)
    ]
    assert lost == []


@pytest.mark.parametrize("table", tables() or [], ids=lambda table: table.model)
def test_what_is_put_there_fits(table: PersonalData) -> None:
    """A placeholder that the column refuses would stop every erasure."""
    for name, held in table.fields.items():
        columns: list[Any] = table.table._meta.concrete_fields
        field = next(one for one in columns if name in (one.name, one.attname))
        if held.holds is Holds.IDENTITY and held.becomes is None:
            assert field.null
        if held.is_emptied and getattr(field, "max_length", None):
            assert len(str(held.becomes or "")) <= field.max_length
        if held.is_key:
            assert isinstance(field, models.CharField)
