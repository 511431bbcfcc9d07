"""A role is given: the password once more, and then it is saved, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at


@pytest.mark.parametrize("scripts", [True, False])
def test_a_role_takes_the_password_once_more(visit: Open, scripts: bool) -> None:
    ines = AdministratorFactory(name="Ines", email="ines@example.org", password=PASSWORD)
    bo, cy = UserFactory(name="Bo"), UserFactory(name="Cy")
    opened = visit(scripts=scripts)
    page = opened.go(f"/people/{bo.pk}/edit/")
    page.get_by_label("E-mail").fill(ines.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Name").fill("Bob")
    page.get_by_label("Administrator").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Your password").fill("not this one")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    if not scripts:
        expect(page.get_by_text("Nothing that you typed is lost.")).to_be_visible()
        page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/people/{bo.pk}/")
    expect(page.get_by_role("heading", name="Bob", exact=True)).to_be_visible()
    assert User.objects.get(pk=bo.pk).is_administrator
    opened.go(f"/people/{cy.pk}/edit/")
    page.get_by_label("Administrator").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/people/{cy.pk}/")  # not asked again
    assert User.objects.get(pk=cy.pk).is_administrator


def test_the_page_holds_in_every_look(visit: Open) -> None:
    ines = AdministratorFactory(password=PASSWORD)
    assert look_at(visit(ines), ["/accounts/reauthenticate/?next=/unsent/"]) == {}
