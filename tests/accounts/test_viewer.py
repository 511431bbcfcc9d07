"""The account of a session: the same as any queryset gives, from a statement that is kept."""

from __future__ import annotations

import pytest
from django.db.models import Value

from accounts import viewers
from accounts.models import User
from accounts.selectors.viewer import viewer
from tests.factories.accounts import UserFactory
from tests.factories.portfolio import MembershipFactory

pytestmark = pytest.mark.django_db


def by_queryset(pk: int) -> User:
    facts = {fact.key: fact.condition() for fact in viewers.registered()}
    return User.objects.annotate(**facts).get(pk=pk)


def test_it_is_what_a_queryset_gives(django_assert_num_queries) -> None:
    manager, employee = MembershipFactory(role="manager").user, UserFactory()
    for user in (manager, employee, manager):
        with django_assert_num_queries(1):
            found = viewer(user.pk)
        theirs = {name: value for name, value in vars(found).items() if name != "_state"}
        same = {
            name: value for name, value in vars(by_queryset(user.pk)).items() if name != "_state"
        }
        assert theirs == same
        assert found == user and not found._state.adding and found._state.db == "default"
    assert viewer(manager.pk).has_maps is True
    assert viewer(employee.pk).has_maps is False


def test_whoever_was_deactivated_or_deleted_is_nobody() -> None:
    user = UserFactory()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert viewer(user.pk) is None
    assert viewer(2**62 - 1) is None  # what the prepared query holds in place of a key


def test_another_fact_is_another_statement(monkeypatch) -> None:
    user = UserFactory()
    viewer(user.pk)
    fact = viewers.ViewerFact("likes_tea", lambda: Value("yes"))
    monkeypatch.setattr(viewers._facts, "entries", {**viewers._facts.entries, "likes_tea": fact})
    assert viewer(user.pk).likes_tea == "yes"


def test_it_can_be_saved_as_any_account() -> None:
    found = viewer(UserFactory(name="Dana").pk)
    found.name = "Dana R."
    found.save(update_fields=["name"])
    assert User.objects.get(pk=found.pk).name == "Dana R."
