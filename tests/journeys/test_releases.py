"""A note is written and published; whoever asked for what it solves reads that it has shipped."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from intake.models import Request
from intake.services.shipping import ship_due
from portfolio.models import Release
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    RequestStepFactory,
    VoiceFactory,
)
from tests.factories.personas import AudienceFactory, PersonaFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory, ReleaseFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HERE = "/products/shift-planner/releases/"
RESEARCH = "/products/shift-planner/research/"
PROBLEM = "Rosters still change after people have planned their week"


@pytest.fixture
def dana() -> Any:
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    user = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    persona = PersonaFactory(name="Malcolm", tagline="Orders once and is done.")
    AudienceFactory(product=product, persona=persona)
    for kind in ("win", "lesson", "fixed"):
        ReleaseFactory(product=product, kind=kind, day=timezone.now().date())
    ReleaseFactory(product=product, title="Two stores try it", published_at=None)
    note = FieldNoteFactory(product=product, persona=persona, consent="quotes", name="Ana")
    note.quotes.create(text="I print it and correct it by hand.")
    note.edge_cases.create(what="Two rosters for one night")
    return user


@pytest.fixture
def eva(dana: Any) -> Any:
    """Somebody who asked, and whose wish is part of an opportunity."""
    user = UserFactory(name="Eva", email="eva@example.com")
    product = dana.memberships.get().product
    request = RequestFactory(
        product=product, reference="SP-1042", problem="Planned twice.", status="decided"
    )
    VoiceFactory(request=request, user=user)
    RequestStepFactory(request=request, at=timezone.now())
    opportunity = OpportunityFactory(product=product, problem=PROBLEM, decision="next")
    RequestLinkFactory(request=request, opportunity=opportunity)
    return user


@pytest.mark.parametrize("scripts", [True, False])
def test_a_release_ships_what_somebody_asked_for(
    visit: Open, dana: Any, eva: Any, scripts: bool
) -> None:
    page = visit(dana, scripts=scripts).go(HERE)
    page.get_by_role("link", name="Write a note").click()
    page.get_by_label("Title").fill("The roster stands a week ahead")
    page.get_by_label("What it means for people").fill("Changes after Thursday are marked.")
    page.get_by_label("Malcolm").check()
    page.get_by_role("group", name="What this solves").get_by_label(PROBLEM).check()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#release")).to_have_text("The roster stands a week ahead")
    expect(page.get_by_role("link", name=PROBLEM)).to_be_visible()
    ship_due(now=timezone.now())
    assert Request.objects.get().outcome == "shipped"
    follow = visit(eva, scripts=scripts).go("/requests/SP-1042/")
    expect(follow.locator("main")).to_contain_text("Shipped")
    expect(follow.locator("main")).to_contain_text(PROBLEM)


def test_withdrawing_and_back(visit: Open, dana: Any) -> None:
    release = Release.objects.filter(published_at__isnull=False).earliest("pk")
    page = visit(dana).go(f"{HERE}{release.pk}/")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("is a draft again")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("is published")).to_be_visible()
    release.refresh_from_db()
    assert release.published_at is not None


@pytest.mark.parametrize("scripts", [True, False])
def test_a_field_note_with_its_check(visit: Open, dana: Any, scripts: bool) -> None:
    page = visit(dana, scripts=scripts).go(RESEARCH)
    page.get_by_role("link", name="Write a field note").click()
    page.get_by_label("Department").fill("Finance")
    page.get_by_label("May be quoted without a name").check()
    page.get_by_label("What we learned").fill("She keeps a list of her own.")
    page.get_by_label("In their own words").fill("I plan my week twice.")
    page.get_by_label("Edge cases").fill("A shift past midnight")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("main")).to_contain_text("Somebody in Finance")
    page.get_by_role("link", name="Say what checks it").click()
    page.get_by_label("What checks it").fill("A test")
    page.get_by_label("Since").fill(timezone.now().date().isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("checked since")
    _delete_and_undo(page)


def _delete_and_undo(page: Page) -> None:
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main")).to_contain_text("I plan my week twice.")


def test_every_page_is_accessible_in_every_look(visit: Open, dana: Any, eva: Any) -> None:
    release = Release.objects.earliest("pk")
    note = dana.memberships.get().product.field_notes.get()
    pages = [f"{HERE}{page}" for page in ("", "new/", f"{release.pk}/", f"{release.pk}/edit/")]
    pages += [f"{RESEARCH}{page}" for page in ("", "new/", f"{note.pk}/", f"{note.pk}/edit/")]
    assert look_at(visit(dana), [*pages, "/products/shift-planner/suggestions/new/"]) == {}
