"""The map in a browser: twenty people moved by keyboard, by clicks, and without scripts; dragging;
what is spoken; a move that comes too late; accessible in every look.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stakeholders.models import Move, Placement
from stakeholders.presenters.zones import KEYS
from stakeholders.rules import Animal, animal_of
from tests.factories.accounts import UserFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import MoveFactory, PersonFactory, PlacementFactory
from tests.journeys.conftest import WIDTHS, Open, Visit
from tests.journeys.looks import faults_of, look_at

MAP = "/products/shift-planner/map/"
PEOPLE = 20
# For each quadrant the one diagonally across, and the keys between lifting and dropping.
ACROSS = {
    Animal.LION: (Animal.MONKEY, ["End", "PageDown"]),
    Animal.MONKEY: (Animal.LION, ["Home", "PageUp"]),
    Animal.ELEPHANT: (Animal.DEER, ["Home", "PageDown"]),
    Animal.DEER: (Animal.ELEPHANT, ["End", "PageUp"]),
}


@pytest.fixture
def dana():
    """A product manager whose map has twenty people, some of them on the same spot."""
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    user = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager", stakeholder_grant=True)
    now = timezone.now()
    for number in range(PEOPLE):
        person = PersonFactory(name=f"{'ABCDEFGHIJ'[number % 10]}na Ruiz-{number}")
        side, half = (number % 2) * 60, (number // 2 % 2) * 60
        placement = PlacementFactory(
            product=product,
            person=person,
            involvement=10 + side + number,
            power=20 + half,
            since=now.date() - dt.timedelta(days=10 + number),
            reviewed_on=now.date(),
        )
        MoveFactory(
            product=product,
            person=person,
            involvement=50,
            power=placement.power,
            at=now - dt.timedelta(days=9),
        )
    return user


def placements() -> list[Placement]:
    return list(Placement.objects.order_by("pk"))


def zone(placement: Placement) -> Animal:
    return animal_of(placement.involvement, placement.power)


def settled(page: Page, placement: Placement, version: int = 2) -> None:
    """The map shows this version of the place."""
    expect(page.locator(f"#desk-{placement.pk}")).to_have_attribute("data-version", str(version))


def test_twenty_people_by_keyboard(visit: Open, dana) -> None:
    """Four keys each after focus, which is back on the person at the end."""
    page = visit(dana).go(MAP)
    before = placements()
    for placement in before:
        keys = ["Enter", *ACROSS[zone(placement)][1], "Enter"]
        assert len(keys) <= 4
        page.locator(f"#desk-{placement.pk}").focus()
        for key in keys:
            page.keyboard.press(key)
        settled(page, placement)
        expect(page.locator(f"#desk-{placement.pk}")).to_be_focused()
    assert [zone(one) for one in placements()] == [ACROSS[zone(one)][0] for one in before]
    assert Move.objects.filter(kind="moved", by=dana).count() == PEOPLE
    assert faults_of(page, "desk") == []


def test_twenty_people_by_clicks_without_dragging(visit: Open, dana) -> None:
    """Click the dot, click the zone."""
    page = visit(dana).go(MAP)
    before = placements()
    for placement in before:
        page.locator(f"#desk-{placement.pk}").click()
        expect(page.locator("#who-title")).to_have_text(placement.person.name)
        page.locator(f"#to-{KEYS[ACROSS[zone(placement)][0]]}").click()
        settled(page, placement)
    assert [zone(one) for one in placements()] == [ACROSS[zone(one)][0] for one in before]
    assert faults_of(page, "desk") == []


def test_twenty_people_without_scripts(visit: Open, dana) -> None:
    """From the table, and from the page of one person's place."""
    page = visit(dana, scripts=False).go(f"{MAP}?view=table")
    before = placements()
    for number, placement in enumerate(before):
        key = KEYS[ACROSS[zone(placement)][0]]
        if number % 2:
            page.locator(f"#zone-{placement.pk}").select_option(key)
            page.locator(f"#move-{placement.pk}").click()
        else:
            page.locator(f"a[aria-label='Move {placement.person.name} by numbers…']").click()
            page.locator(f".zone-choices [value={key}]").click()
        page.wait_for_url(f"**{MAP}?view=table&who={placement.pk}")
    assert [zone(one) for one in placements()] == [ACROSS[zone(one)][0] for one in before]


def test_without_scripts_a_dot_leads_to_its_person(visit: Open, dana) -> None:
    placement = placements()[0]
    page = visit(dana, scripts=False).go(MAP)
    page.locator(f"#desk-{placement.pk}").click()
    expect(page.locator("#who-title")).to_have_text(placement.person.name)


def test_what_is_spoken_while_moving(visit: Open, dana) -> None:
    placement = placements()[0]  # involvement 10, power 20
    page = visit(dana).go(MAP)
    dot, spoken = page.locator(f"#desk-{placement.pk}"), page.locator("#map-live")
    name = placement.person.name
    dot.focus()
    page.keyboard.press("Space")
    expect(spoken).to_have_text(f"Lifted. {name}, involvement 10, power 20, Deer: keep informed.")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    expect(spoken).to_have_text(f"{name}, involvement 15, power 21, Deer: keep informed")
    page.keyboard.press("Escape")
    expect(spoken).to_have_text(f"Put back. {name}, involvement 10, power 20, Deer: keep informed.")
    expect(dot).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    expect(spoken).to_have_text(f"Dropped. {name}, involvement 10, power 80, Lion: keep satisfied.")
    page.get_by_label("Why did you move them?").fill("She signs the budget")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("#who")).to_contain_text("She signs the budget")


def test_dragging(visit: Open, dana) -> None:
    placement = placements()[0]
    page = visit(dana).go(MAP)
    box = page.locator(f"#desk-{placement.pk} .dot-ground").bounding_box()
    ground = page.locator(".map-desk .map-edge").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 40, steps=3)
    page.mouse.move(ground["x"] + ground["width"] * 0.75, ground["y"] + ground["height"] * 0.25)
    page.mouse.up()
    settled(page, placement)
    moved = Placement.objects.get(pk=placement.pk)
    assert zone(moved) is Animal.ELEPHANT
    assert abs(moved.involvement - 75) <= 1
    expect(page.locator("#who-title")).to_have_text(placement.person.name)


def test_a_move_that_comes_too_late_returns(visit: Open, dana) -> None:
    """Both see the place of now, and why."""
    placement = placements()[0]
    page = visit(dana).go(MAP)
    page.locator(f"#desk-{placement.pk}").focus()
    Placement.objects.filter(pk=placement.pk).update(involvement=33, power=44, version=2)
    for key in ("Enter", "End", "Enter"):
        page.keyboard.press(key)
    alert = page.locator("#map [role=alert]")
    expect(alert).to_contain_text("It is now: Involvement 33, power 44. Deer: keep informed.")
    settled(page, placement)
    expect(page.locator(f"#desk-{placement.pk}")).to_have_attribute("data-involvement", "33")
    assert not Move.objects.filter(kind="moved").exists()


def test_a_move_without_an_answer_goes_back(visit: Open, dana) -> None:
    placement = placements()[0]
    opened = visit(dana)
    page = opened.go(MAP)
    dot = page.locator(f"#desk-{placement.pk}")
    was = dot.get_attribute("transform")
    page.route("**/move/**", lambda route: route.abort())
    dot.focus()
    for key in ("Enter", "End", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".toast")).to_contain_text("Not saved.")
    expect(dot).to_have_attribute("transform", was or "")


def test_every_state_is_accessible(visit: Open, dana) -> None:
    first = placements()[0]
    first.is_pinned, first.pin_reason = True, "Agreed"
    first.save()
    day = timezone.now().date() - dt.timedelta(days=2)
    opened = visit(dana)
    states = ("", f"?who={first.pk}", f"?who={first.pk + 1}", "?view=table", f"?on={day}", "?q=ana")
    addresses = [f"{MAP}{query}" for query in states] + [f"{MAP}full/", f"{MAP}?on=soon"]
    assert look_at(opened, addresses) == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_dots_are_large_enough_to_be_hit(visit: Open, dana, width: str) -> None:
    sizes = _sizes(visit(dana, width=width))
    assert len(sizes) == PEOPLE
    assert min(sizes) >= 24


def _sizes(opened: Visit) -> list[float]:
    opened.go(MAP)
    found: list[float] = opened.page.evaluate(
        """() => [...document.querySelectorAll(".dot .dot-ground")]
            .filter(dot => dot.getClientRects().length)
            .map(dot => dot.getBoundingClientRect().width)"""
    )
    return found
