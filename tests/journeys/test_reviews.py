"""A stage changes: templates, the review, an exemption, a record confirmed; without scripts."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kpis.models import Exemption, Kpi, KpiReview
from portfolio.models import Product
from portfolio.services import update_product
from tests.factories.kpis import builtin_metric
from tests.factories.portfolio import (
    AdministratorFactory,
    MembershipFactory,
    ProductFactory,
)
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("REVIEW_SHOTS", "")


@pytest.fixture
def product():
    """In growth since today; nothing is measured yet."""
    for code in ("mau", "wau", "workflow_minutes", "enps", "task_completion", "error_rate", "roi"):
        builtin_metric(code)
    product = ProductFactory(name="Shift Planner", slug="shift-planner", stage="pilot")
    return update_product(
        product_id=product.pk, version=1, fields={"stage": "growth"}, by=AdministratorFactory(),
        now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def dana(product):
    return MembershipFactory(user__name="Dana", product=product, role="manager").user


@pytest.fixture
def chidi(product):
    return MembershipFactory(user__name="Chidi", product=product).user


def pictures(opened, name):
    """For whoever wants to see it: REVIEW_SHOTS names a folder."""
    if not SHOTS:
        return
    page = opened.page
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_from_templates_to_a_finished_review_without_scripts(visit: Open, product, dana):
    opened = visit(dana, scripts=False)
    page = opened.go(reverse("kpis:template_list", args=[product.slug]))
    page.get_by_label("Monthly active people", exact=True).check()
    page.get_by_label("Baseline of Monthly active people").fill("1 200")
    page.get_by_label("Target of Monthly active people").fill("100")
    page.get_by_label("eNPS", exact=True).check()
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.get_by_text("worse side of the baseline")).to_be_visible()
    assert page.get_by_label("Baseline of Monthly active people").input_value() == "1 200"
    page.get_by_label("Target of Monthly active people").fill("1 900")
    page.get_by_role("button", name="Add them as they are").click()
    expect(page.get_by_text("2 KPIs added")).to_be_visible()
    page.get_by_role("link", name="Review").first.click()
    expect(page.get_by_text("From pilot to growth")).to_be_visible()
    pictures(opened, "review")
    page.get_by_label("What was decided").fill("Use counts now.")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("The next review stands in each plan.")).to_be_visible()
    assert KpiReview.objects.get().note == "Use counts now."
    assert Kpi.objects.filter(next_review__isnull=False).count() == 2


def test_an_exemption_is_asked_for_and_approved(visit: Open, product, dana, chidi):
    kpi = Kpi.objects.create(
        product=product, metric=builtin_metric("mau"), cadence=7, created_on=dt.date(2026, 1, 1)
    )
    asking = visit(chidi)
    page = asking.go(kpi.get_absolute_url())
    page.get_by_role("link", name="Ask for one").click()
    page.get_by_label("Reason").fill("Stock taking")
    day = timezone.now().date()
    page.get_by_label("First day").fill(day.isoformat())
    page.get_by_label("Last day").fill((day + dt.timedelta(days=5)).isoformat())
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("asked for it; it counts as usual")).to_be_visible()
    deciding = visit(dana)
    page = deciding.go(reverse("kpis:review_list"))
    pictures(deciding, "reviews")
    page.get_by_role("link", name="Decide").click()
    pictures(deciding, "decide")
    page.get_by_label("Your answer").fill("Agreed.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("ends in 5 days")).to_be_visible()
    pictures(deciding, "kpi")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("the request waits again")).to_be_visible()
    assert Exemption.objects.get().state == "asked"


def test_pages_of_reviews_in_every_look(visit: Open, product, dana):
    Product.objects.update(updated_at=timezone.now() - dt.timedelta(days=300))
    kpi = Kpi.objects.create(
        product=product, metric=builtin_metric("mau"), cadence=7, created_on=dt.date(2026, 1, 1),
        next_review=timezone.now().date(), baseline=1, target=9,
    )  # fmt: skip
    exemption = Exemption.objects.create(
        kpi=kpi, reason="Stock taking", state="asked", starts_on=timezone.now().date(),
        ends_on=timezone.now().date(), created_at=timezone.now(),
    )  # fmt: skip
    opened = visit(dana)
    addresses = {
        "templates": reverse("kpis:template_list", args=[product.slug]),
        "review-of": reverse("kpis:review", args=[product.slug]),
        "all": reverse("kpis:review_list"),
        "stale": reverse("portfolio:stale_list"),
        "confirm": reverse("portfolio:product_confirm", args=[product.slug]),
        "asked": reverse("kpis:exemption_decide", args=[product.slug, kpi.pk, exemption.pk]),
    }
    if SHOTS:
        for name, address in addresses.items():
            opened.go(address)
            pictures(opened, name)
    assert look_at(opened, addresses.values()) == {}


def test_a_record_is_confirmed_and_taken_back(visit: Open, product, dana):
    Product.objects.update(updated_at=timezone.now() - dt.timedelta(days=300))
    page = visit(dana).go(reverse("portfolio:stale_list"))
    page.get_by_role("button", name="Still right").click()
    expect(page.get_by_text("Every record is fresh")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("is as before")).to_be_visible()
    product.refresh_from_db()
    assert product.confirmed_on is None
