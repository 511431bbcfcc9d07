"""Every arrow points down: foreign keys, template links and names of files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.db import models

from tests.architecture.house import FLOORS, ROOT, apps, templates

NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "managers", "mixins", "constants", "common", "misc"}
URL_TAG = re.compile(r"""{%\s*url\s+["']([a-z_]+):""")


def our_models() -> list[type[models.Model]]:
    return [model for model in django_apps.get_models() if model._meta.app_label in FLOORS]


def test_foreign_keys_point_to_the_same_or_a_lower_floor() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and _floor(field.related_model) > _floor(model)
    ]
    assert upward == []


def _floor(model: type[models.Model]) -> int:
    return FLOORS.get(model._meta.app_label, -1)


@pytest.mark.parametrize("template", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_in_a_template_name_the_same_or_a_lower_floor(template: Path) -> None:
    owner = template.relative_to(ROOT / "templates").parts[0]
    if owner in {"emails", "partials"}:
        owner = template.relative_to(ROOT / "templates").parts[1]
    floor = FLOORS.get(owner, 0)  # base.html, components and error pages belong to core
    named = set(URL_TAG.findall(template.read_text()))
    assert {app for app in named if FLOORS.get(app, -1) > floor} == set()


def test_no_file_has_a_name_that_says_nothing() -> None:
    nameless = [
        str(path.relative_to(ROOT))
        for app in apps()
        for path in (ROOT / app).rglob("*.py")
        if path.stem in NAMES_THAT_SAY_NOTHING
    ]
    assert nameless == []
