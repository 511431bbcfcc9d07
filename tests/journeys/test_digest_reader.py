"""A reader without an account, from their mail on: its copy on the web, what they get, muting a
product, unsubscribing and back; with scripts and without.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from email import message_from_bytes
from email.policy import SMTP

import pytest
from playwright.sync_api import Page, expect

from core.models import OutboundMail, ScheduleSlot
from digests.models import Reader
from digests.services.writing import write_due
from stakeholders.models import Person
from tests.factories.accounts import UserFactory
from tests.factories.digests import (
    DUE,
    MONDAY,
    DeliveryFactory,
    IssueFactory,
    IssueItemFactory,
    SubscriptionFactory,
)
from tests.factories.portfolio import ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NAMES = ("Shift Planner", "Van Board", "Price Labels")


@pytest.fixture
def reader(live_server, settings) -> Person:
    """Somebody outside of the directory of accounts, on the maps of three products."""
    settings.BASE_URL = live_server.url
    settings.DEMO = True
    person = PersonFactory(name="Okoye", email="okoye@example.org")
    for name in NAMES:
        product = ProductFactory(name=name, visibility="company")
        issue = IssueFactory(product=product)
        IssueItemFactory(issue=issue, title=f"New: {name} prints on one page.")
        PlacementFactory(product=product, person=person, involvement=80, power=20)
    friday = dt.datetime(2026, 11, 27, 6, tzinfo=dt.UTC)
    ScheduleSlot.objects.create(job="digests.draft", slot_start=friday, finished_at=friday)
    DeliveryFactory(person=person)
    write_due(now=DUE)
    return person


def address(kind: str) -> str:
    """An address of the mail, as its plain text has it."""
    raw = bytes(OutboundMail.objects.get(recipient="okoye@example.org").raw)
    message = message_from_bytes(raw, policy=SMTP)
    text = str(message.get_body(("plain",)).get_content())
    found = re.search(rf"http://\S+/digest/{kind}[A-Za-z0-9_-]{{32}}/", text)
    assert found, kind
    return found.group()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reader_without_an_account(visit: Open, reader: Person, scripts: bool):
    page = visit(scripts=scripts).page
    page.goto(address(""))
    expect(page.get_by_text("New: Van Board prints on one page.").first).to_be_visible()
    page.goto(address("preferences/"))
    expect(page.get_by_role("heading", name="Your weekly digest")).to_be_visible()
    page.get_by_label("Every two weeks").check()
    page.get_by_label("Van Board", exact=True).uncheck()
    page.get_by_label("Form of Shift Planner").select_option(label="Roadmap digest")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    own = Reader.objects.get(person=reader)
    muted = reader.subscriptions.get(is_muted=True)
    assert (own.every, muted.product.name) == (2, "Van Board")
    assert reader.subscriptions.get(plan="roadmap").product.name == "Shift Planner"
    page.goto(address("unsubscribe/"))
    assert Reader.objects.get(person=reader).unsubscribed_at is None
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    assert Reader.objects.get(person=reader).unsubscribed_at is not None
    expect(page.get_by_text("Changed your mind?")).to_be_visible()
    page.goto(address("preferences/"))
    page.get_by_role("button", name="Subscribe again").click()
    expect(page.get_by_role("status")).to_contain_text("You are subscribed again.")
    assert Reader.objects.get(person=reader).unsubscribed_at is None
    page.get_by_role("button", name="End all addresses").click()
    expect(page.get_by_role("heading", name="All addresses have ended")).to_be_visible()
    assert page.goto(address("preferences/")).status == 404
    assert page.goto(address("")).status == 404
    assert page.context.cookies() == [] or all(
        one["name"] == "homegrown_csrf" for one in page.context.cookies()
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_employee_follows_and_looks_at_their_digest(visit: Open, scripts: bool):
    ProductFactory(name="Shift Planner", slug="shift-planner", visibility="company")
    page = visit(UserFactory(name="Ada Obi", email="ada@example.org"), scripts=scripts).go(
        "/products/shift-planner/"
    )
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Unfollow")).to_be_visible()
    page.goto(page.url.replace("/products/shift-planner/", "/profile/digest/"))
    expect(page.get_by_label("Shift Planner", exact=True)).to_be_checked()
    page.get_by_label("Shift Planner", exact=True).uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing is chosen")).to_be_visible()


def test_how_the_pages_look(visit: Open, reader: Person):
    """Nothing is wrong with them in any look; with SHOTS=folder there are pictures of them."""
    user = UserFactory(name="Ada Obi", email="ada@example.org")
    mine = PersonFactory(user=user, email="ada@example.org")
    for product in [one.product for one in reader.placements.select_related("product")]:
        SubscriptionFactory(person=mine, product=product)
    for back in (1, 2):
        week = MONDAY - dt.timedelta(days=7 * back)
        mail = OutboundMail.objects.create(
            kind="digests.weekly", recipient=mine.email, subject="Shift Planner: a quiet week",
            message_id=f"<{back}@example.org>", raw=b"", state="sent", due_at=DUE, created_at=DUE,
            sent_at=DUE,
        )  # fmt: skip
        DeliveryFactory(person=mine, week=week, state="rendered", mail=mail)
    opened = visit()
    guests = [address(kind).removeprefix(opened.root) for kind in ("preferences/", "unsubscribe/")]
    assert look_at(opened, guests) == {}
    assert look_at(visit(user), ["/profile/digest/"]) == {}
    if folder := os.environ.get("SHOTS"):
        for name, who, url in (
            ("preferences", None, guests[0]),
            ("unsubscribe", None, guests[1]),
            ("my-digest", user, "/profile/digest/"),
        ):
            shoot(visit(who).go(url), f"{folder}/{name}")


def shoot(page: Page, name: str) -> None:
    """The page light and dark on a desk, and on a phone."""
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=f"{name}-{width}-{theme}.png", full_page=True)
