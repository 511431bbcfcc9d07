"""Paper: a list says of which day it is, and shows nothing that only a screen can use."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.formats import long_day
from tests.factories.portfolio import AdministratorFactory, ProductFactory
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("path", ["/", "/products/"])
def test_a_printed_list_says_of_which_day_it_is(visit: Open, path: str) -> None:
    ProductFactory(name="Shift Planner")
    page = visit(AdministratorFactory()).go(path)
    said = page.get_by_text(f"As of {long_day(timezone.now().date())}", exact=True)
    expect(said).to_be_hidden()
    expect(page.locator(".star").first).to_be_visible()
    page.emulate_media(media="print")
    expect(said).to_be_visible()
    expect(page.locator(".star").first).to_be_hidden()
    expect(page.locator("#filters")).to_be_hidden()
