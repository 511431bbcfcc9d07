"""Mappings under a name: for all to use, for few to change."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from imports import services
from imports.rules.mapping import MappingRefused
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.imports import (
    MAPPING,
    NOW,
    fake_kind,
)

pytestmark = pytest.mark.django_db


# Mappings under a name


def test_a_mapping_is_saved_changed_renamed_and_deleted() -> None:
    by = UserFactory()
    with fake_kind():
        mapping = services.save_mapping(name="Ours", kind="teams", text=MAPPING, by=by, now=NOW)
        longer = MAPPING + "# more\n"
        again = services.save_mapping(name="OURS", kind="teams", text=longer, by=by, now=NOW)
        assert (again.pk, again.name, again.text) == (mapping.pk, "OURS", longer)
        old = services.change_mapping(
            mapping_id=mapping.pk, name="Old", text=MAPPING, by=by, now=NOW
        )
        assert (old.name, old.text) == ("Old", MAPPING)
        with pytest.raises(MappingRefused):
            services.change_mapping(mapping_id=mapping.pk, name="Old", text="=", by=by, now=NOW)
    services.delete_mapping(mapping_id=mapping.pk, by=by)
    assert not type(mapping).objects.exists()


def test_the_mappings_of_others_are_theirs() -> None:
    owner, other, boss = UserFactory(), UserFactory(), AdministratorFactory()
    given = {"kind": "teams", "text": MAPPING, "now": NOW}
    with fake_kind():
        mapping = services.save_mapping(name="Ours", by=owner, **given)
        services.save_mapping(name="Mine", by=other, **given)
        with pytest.raises(services.NameTaken, match="called Ours"):
            services.save_mapping(name="ours", by=other, **given)
        services.save_mapping(name="ours", by=boss, **given)
        with pytest.raises(services.NameTaken):
            services.change_mapping(
                mapping_id=mapping.pk, name="mine", text=MAPPING, by=owner, now=NOW
            )
    for refuse in (
        lambda: services.change_mapping(
            mapping_id=mapping.pk, name="x", text=MAPPING, by=other, now=NOW
        ),
        lambda: services.delete_mapping(mapping_id=mapping.pk, by=other),
    ):
        with pytest.raises(PermissionDenied):
            refuse()


def test_a_broken_mapping_is_not_saved() -> None:
    with fake_kind(), pytest.raises(MappingRefused):
        services.save_mapping(name="x", kind="teams", text="=", by=UserFactory(), now=NOW)
