"""The pages of the map: what they answer to whom, what they show, what a move does."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from bs4 import BeautifulSoup

from accounts.models import Organisation
from stakeholders.models import Move, Placement
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PortfolioFactory,
    ProductFactory,
)
from tests.factories.stakeholders import (
    NOW,
    MoveFactory,
    PersonFactory,
    PlacementFactory,
    TouchpointFactory,
)
from tests.htmx import Page, difference, open_page, parse, send_form, swap

pytestmark = pytest.mark.django_db
MAP = "/products/shift-planner/map/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", portfolio=PortfolioFactory())


@pytest.fixture
def dana(client, product):
    """The product manager, signed in."""
    user = UserFactory(name="Dana", email="dana@example.com", password=PASSWORD)
    MembershipFactory(user=user, product=product, role="manager", stakeholder_grant=True)
    client.force_login(user)
    return user


@pytest.fixture
def okoye(product):
    """A lion who was briefed 41 days ago."""
    person = PersonFactory(name="Dana Okoye", role="Head of Stores", email="okoye@example.org")
    placement = PlacementFactory(product=product, person=person, involvement=20, power=80)
    MoveFactory(product=product, person=person, at=NOW - dt.timedelta(days=51))
    TouchpointFactory(product=product, person=person, day=dt.date(2026, 10, 11))
    return placement


@pytest.fixture
def sato(product):
    """An elephant, placed today."""
    person = PersonFactory(name="M. Sato", email="sato@example.org")
    return PlacementFactory(
        product=product, person=person, involvement=70, power=70, since=NOW.date()
    )


def words_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def move_url(placement, query=""):
    return f"{MAP}{placement.pk}/move/{query}"


HTMX = {"HX-Request": "true", "HX-Target": "map", "HX-Current-URL": f"http://testserver{MAP}"}


# --- What the page says --------------------------------------------------------------------------


def test_the_map_answers_first(client, dana, okoye, sato):
    page = open_page(client, MAP)
    assert "2 people. 1 quiet lion first: Dana Okoye (13 days late)." in page.text
    dots = page.soup.select(".map-desk .dot")
    assert [dot["aria-label"] for dot in dots] == [
        (
            "Dana Okoye, involvement 20, power 80, Lion: keep satisfied, "
            "Personal briefing every 28 days, 13 days late"
        ),
        "M. Sato, involvement 70, power 70, Elephant: work together",
    ]
    assert dots[0].select_one(".dot-ring")["stroke-dasharray"] == "46 100"
    assert dots[1].select_one(".dot-ring") is None
    assert {name.text for name in page.soup.select(".map-desk .dot-name")} == {
        "D. Okoye",
        "M. Sato",
    }


def test_an_empty_map_says_what_to_do(client, dana):
    page = open_page(client, MAP)
    assert "Nobody is on the map yet" in page.text
    assert page.soup.select_one(".empty a")["href"] == f"{MAP}new/"


def test_who_can_see_the_page_is_named(client, dana, product):
    assert "Only you can see this page." in open_page(client, MAP).text
    MembershipFactory(user=UserFactory(name="Ana"), product=product, stakeholder_grant=True)
    MembershipFactory(user=UserFactory(name="Kim"), product=product)
    LeadFactory(user=UserFactory(name="Omar"), portfolio=product.portfolio)
    page = open_page(client, MAP)
    assert "Only you, Ana and your lead Omar can see this page." in page.text


def test_nothing_of_animals_where_they_are_hidden(client, dana, okoye, sato):
    Organisation.objects.update_or_create(pk=1, defaults={"shows_animals": False})
    for address in (
        "",
        "?view=table",
        "full/",
        f"?who={okoye.pk}",
        "history/",
        f"{okoye.pk}/move/",
    ):
        text = client.get(MAP + address).content.decode().casefold()
        body = text[text.index("<main") :]
        assert not any(word in body for word in ("lion", "elephant", "monkey", "deer"))
    assert "1 person to keep satisfied first: Dana Okoye" in open_page(client, MAP).text


def test_no_page_keeps_a_copy_or_names_an_animal_in_its_address(client, dana, okoye):
    for address in ("", "full/", "history/", "new/", f"{okoye.pk}/move/", f"{okoye.pk}/remove/"):
        response = client.get(MAP + address)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "ETag" not in response
        links = [tag["href"] for tag in parse(response.content.decode()).select("a[href]")]
        assert not any("lion" in link for link in links)


def test_a_placed_manager_does_not_meet_themself(client, dana, product, okoye):
    own = PersonFactory(name="Dana Self", email="DANA@example.com")
    placement = PlacementFactory(product=product, person=own)
    MoveFactory(product=product, person=own)
    for address in (
        "",
        "?view=table",
        "full/",
        "history/",
        f"?who={placement.pk}",
        "?on=2026-11-20",
    ):
        assert "Dana Self" not in client.get(MAP + address).content.decode()
    assert "Dana Self" not in client.post(f"{MAP}file/", {"password": PASSWORD}).content.decode()
    assert "1 person." in open_page(client, MAP).text
    for verb in ("move", "edit", "pin", "remove"):
        assert client.get(f"{MAP}{placement.pk}/{verb}/").status_code == 404


def test_places_of_another_map_are_not_here(client, dana):
    other = PlacementFactory()
    for verb in ("move", "edit", "pin", "unpin", "review", "remove"):
        assert client.post(f"{MAP}{other.pk}/{verb}/", {"why": "x"}).status_code == 404


# --- Filters, table, file, comparison ------------------------------------------------------------


def test_filters_narrow_and_swap_what_reloading_shows(client, dana, okoye, sato):
    page = send_form(client, open_page(client, MAP), "#map-filters", overdue=True)
    assert "1 of 2 people" in page.text
    assert "M. Sato" not in page.part("svg.map-desk")
    page = send_form(client, page, "#map-filters", plan="roadmap", overdue=False)
    assert [dot["data-name"] for dot in page.soup.select(".map-phone .dot")] == ["M. Sato"]
    assert page.url == f"{MAP}?plan=roadmap"
    assert difference(page, open_page(client, page.url)) == ""


def test_searching_points_out_and_narrows_nothing(client, dana, okoye, sato):
    page = send_form(client, open_page(client, MAP), "#map-filters", q="stores okoye")
    assert "1 person fits “stores okoye”." in page.text
    dots = {dot["data-name"]: dot["class"] for dot in page.soup.select(".map-desk .dot")}
    assert "is-found" in dots["Dana Okoye"]
    assert "is-dim" in dots["M. Sato"]
    assert difference(page, open_page(client, page.url)) == ""


def test_the_table_has_the_same_data(client, dana, okoye, sato):
    page = open_page(client, f"{MAP}?view=table")
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select(".map-table tbody tr")]
    assert rows[0].startswith("Dana Okoye Head of Stores Lion Keep satisfied 20 80")
    assert "13 days late" in rows[0]
    assert rows[1].startswith("M. Sato Elephant Work together 70 70")


def test_moving_from_the_table_without_scripts_and_with(client, dana, okoye):
    page = open_page(client, f"{MAP}?view=table")
    form = page.soup.select_one(".map-row-form")
    form["id"] = "row"
    page = send_form(client, page, "#row", zone="together")
    okoye.refresh_from_db()
    assert (okoye.involvement, okoye.power) == (80, 80)
    assert page.url == f"{MAP}?view=table&who={okoye.pk}"
    assert difference(page, open_page(client, page.url)) == ""


def test_comparing_shows_who_moved_came_and_left(client, dana, product, okoye, sato):
    MoveFactory(product=product, person=okoye.person, kind="moved", involvement=20, power=80)
    Move.objects.filter(person=okoye.person, kind="placed").update(involvement=30, power=30)
    gone = PersonFactory(name="P. Lind")
    MoveFactory(product=product, person=gone, at=NOW - dt.timedelta(days=60))
    MoveFactory(product=product, person=gone, kind="removed", involvement=None, power=None)
    page = open_page(client, f"{MAP}?on=2026-11-20")
    changes = [" ".join(li.get_text(" ").split()) for li in page.soup.select(".map-changes li")]
    assert changes == [
        "Dana Okoye from Deer: keep informed (30, 30) to Lion: keep satisfied (20, 80)",
        "M. Sato new at Elephant: work together (70, 70)",
        "P. Lind no longer on the map; was at Lion: keep satisfied (20, 80)",
    ]
    assert len(page.soup.select(".map-desk .ghost")) == 1


@pytest.mark.parametrize("day", ["2027-01-01", "soon", "0001-01-01"])
def test_a_day_that_can_not_be_compared_says_why(client, dana, okoye, day):
    page = open_page(client, f"{MAP}?on={day}")
    assert page.soup.select_one("#map-filters .field-error") is not None
    assert page.soup.select_one(".map-changes") is None


def test_places_not_reviewed_for_a_year_are_named(client, dana, okoye):
    assert "Look at their places again" not in open_page(client, MAP).text
    Placement.objects.update(reviewed_on=NOW.date() - dt.timedelta(days=365))
    page = open_page(client, f"{MAP}?who={okoye.pk}")
    assert "Look at their places again" in page.text
    client.post(f"{MAP}{okoye.pk}/review/")
    assert "Look at their places again" not in open_page(client, MAP).text


# --- Moving --------------------------------------------------------------------------------------


def test_a_drag_swaps_the_map_with_the_person_beside_it(client, dana, okoye, sato):
    page = open_page(client, MAP)
    sent = {"involvement": "62", "power": "71", "version": "1"}
    url = page.soup.select_one(".dot")["data-move"]
    response = client.post(url, sent, headers=HTMX)
    swap(page.soup, response, "map", "outerHTML")
    assert response["HX-Push-Url"] == f"{MAP}?who={okoye.pk}"
    assert difference(Page(page.soup, ""), open_page(client, f"{MAP}?who={okoye.pk}")) == ""
    okoye.refresh_from_db()
    assert (okoye.involvement, okoye.power, okoye.version) == (62, 71, 2)
    assert "moved here by Dana on 21 Nov" in Page(page.soup, "").text


def test_a_stale_move_is_refused_with_the_place_of_now(client, dana, okoye):
    other = {"involvement": "10", "power": "10", "version": "1"}
    client.post(move_url(okoye), other, headers=HTMX)
    stale = {"involvement": "90", "power": "90", "version": "1"}
    response = client.post(move_url(okoye), stale, headers=HTMX)
    assert response.status_code == 409
    page = parse(response.content.decode())
    assert "It is now: Involvement 10, power 10. Deer: keep informed." in page.text
    dot = page.select_one(".map-desk .dot")
    assert (dot["data-involvement"], dot["data-power"], dot["data-version"]) == ("10", "10", "2")
    response = client.post(move_url(okoye), stale)
    assert response.status_code == 409
    assert "It is now: Involvement 10, power 10." in words_of(response)
    again = parse(response.content.decode()).select_one(".form [name=version]")["value"]
    assert client.post(move_url(okoye), {**stale, "version": again}).status_code == 302
    okoye.refresh_from_db()
    assert (okoye.involvement, okoye.power) == (90, 90)


def test_the_same_move_sent_twice_moves_once(client, dana, okoye):
    sent = {"involvement": "62", "power": "71", "version": "1", "why": "New job"}
    for _ in range(2):
        assert client.post(move_url(okoye), sent).status_code == 302
    assert [move.why for move in Move.objects.filter(kind="moved")] == ["New job"]


def test_a_pinned_place_stays(client, dana, okoye):
    client.post(f"{MAP}{okoye.pk}/pin/", {"reason": "Agreed with Omar"})
    sent = {"zone": "together", "version": "2"}
    response = client.post(move_url(okoye), sent, headers=HTMX)
    assert response.status_code == 409
    assert "Dana Okoye is pinned. Agreed with Omar" in words_of(response)
    client.post(f"{MAP}{okoye.pk}/unpin/")
    assert client.post(move_url(okoye), {**sent, "version": "3"}).status_code == 302
    okoye.refresh_from_db()
    assert (okoye.involvement, okoye.is_pinned, okoye.pin_reason) == (80, False, "")


@pytest.mark.parametrize("typed", [{"involvement": "101"}, {"power": "x"}, {"zone": "lion"}])
def test_a_place_off_the_map_is_refused(client, dana, okoye, typed):
    sent = {"involvement": "1", "power": "1", "version": "1", **typed}
    assert client.post(move_url(okoye), sent).status_code == 422
    response = client.post(move_url(okoye), sent, headers=HTMX)
    assert response.status_code == 422
    assert "whole numbers from 0 to 100" in words_of(response)
    assert not Move.objects.filter(kind="moved").exists()


def test_the_reason_may_come_later(client, dana, okoye):
    client.post(move_url(okoye), {"zone": "together", "version": "1"})
    page = open_page(client, f"{MAP}?who={okoye.pk}")
    page.soup.select_one(".map-why")["id"] = "later"
    page = send_form(client, page, "#later", why="She runs the pilot")
    assert "She runs the pilot" in page.text
    assert page.soup.select_one(".map-why") is None
    assert Move.objects.get(kind="moved").why == "She runs the pilot"


def test_the_full_screen_keeps_its_size_after_a_move(client, dana, okoye):
    page = open_page(client, f"{MAP}full/")
    url = page.soup.select_one(".dot")["data-move"]
    response = client.post(url, {"zone": "together", "version": "1"}, headers=HTMX)
    assert response["HX-Push-Url"] == f"{MAP}full/?who={okoye.pk}"
    swap(page.soup, response, "map", "outerHTML")
    again = open_page(client, f"{MAP}full/?who={okoye.pk}")
    assert difference(Page(page.soup, ""), again) == ""


# --- Placing, describing, taking off -------------------------------------------------------------


def test_somebody_is_placed_once_however_often_the_form_is_sent(client, dana, product):
    PersonFactory(name="Ana Ruiz", email="ana@example.org")
    sent = {"person": "ANA@example.org", "involvement": "50", "power": "49", "token": uuid.uuid4()}
    for _ in range(2):
        response = client.post(f"{MAP}new/", sent)
        assert response.status_code == 302
    placement = Placement.objects.get()
    assert (placement.involvement, placement.power, placement.since) == (50, 49, NOW.date())
    assert response["Location"] == f"{MAP}?who={placement.pk}"
    response = client.post(f"{MAP}new/", {**sent, "token": uuid.uuid4()})
    assert "Ana Ruiz is on this map already." in words_of(response)


@pytest.mark.parametrize("is_placed", [True, False])
def test_nobody_places_themself_and_learns_nothing(client, dana, product, is_placed):
    own = PersonFactory(name="Dana", email="dana@example.com")
    if is_placed:
        PlacementFactory(product=product, person=own)
    page = client.get(f"{MAP}new/")
    assert "dana@example.com" not in parse(page.content.decode()).select_one("#people").decode()
    sent = {"person": own.email, "involvement": "1", "power": "1"}
    response = client.post(f"{MAP}new/", sent)
    assert response.status_code == 422
    assert "Somebody else has to do this." in words_of(response)
    assert "already" not in words_of(response)


def test_an_unknown_or_ambiguous_name_says_what_to_do(client, dana):
    sent = {"person": "Kim", "involvement": "1", "power": "1"}
    assert "Add them to the directory first" in words_of(client.post(f"{MAP}new/", sent))
    PersonFactory(name="Kim")
    PersonFactory(name="kim")
    assert "Several people have this name" in words_of(client.post(f"{MAP}new/", sent))


def test_why_here_keeps_both_writings(client, dana, okoye):
    url = f"{MAP}{okoye.pk}/edit/"
    assert client.post(url, {"note": "Decides", "version": "1"}).status_code == 302
    response = client.post(url, {"note": "Mine", "version": "1"})
    assert response.status_code == 409
    assert "“Decides”" in words_of(response)
    version = parse(response.content.decode()).select_one("[name=version]")["value"]
    client.post(url, {"note": "Mine", "version": version})
    okoye.refresh_from_db()
    assert okoye.note == "Mine"


def test_taking_off_keeps_history(client, dana, okoye):
    assert "Contacts and every place" in words_of(client.get(f"{MAP}{okoye.pk}/remove/"))
    response = client.post(f"{MAP}{okoye.pk}/remove/", {"why": "Left us"})
    assert response["Location"] == MAP
    assert not Placement.objects.exists()
    text = words_of(client.get(f"{MAP}history/"))
    assert "Dana Okoye taken off the map, from Lion: keep satisfied (20, 80) by Dana" in text
    assert "Left us" in text


def test_from_the_card_one_comes_back_to_it(client, dana, okoye):
    response = client.post(move_url(okoye, "?card=1"), {"zone": "together", "version": "1"})
    assert response["Location"] == okoye.get_absolute_url()


def test_an_administrator_may_too(client, okoye):
    client.force_login(AdministratorFactory())
    assert client.get(MAP).status_code == 200
