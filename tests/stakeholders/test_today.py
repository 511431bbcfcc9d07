"""The day's list: who stands on it, in which order, in which words, and what it costs."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from stakeholders.models import ConfidentialRead, Placement, Snooze, Touchpoint
from stakeholders.selectors.today import today_for
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)
from tests.factories.stakeholders import NOW, TODAY, PlacementFactory, TouchpointFactory
from tests.factories.stakeholders import PersonFactory as StakeholderFactory
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db
URL = "/stakeholders/today/"
LION, ELEPHANT, MONKEY, DEER = (20, 80), (80, 80), (80, 20), (20, 20)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", stage="growth")


@pytest.fixture
def pm(client, product):
    """A product manager, signed in."""
    person = PersonFactory(name="Priya", email="priya@example.com")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


def ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


def put(product, name, place, waited, **fields):
    """Somebody on a map, placed some days ago."""
    person = StakeholderFactory(name=name)
    involvement, power = place
    given = {"since": ago(waited), "reviewed_on": ago(1), **fields}
    return PlacementFactory(
        product=product, person=person, involvement=involvement, power=power, **given
    )


def touch(placement, number, **fields):
    spot = {"product": placement.product, "person": placement.person}
    return TouchpointFactory(**spot, day=ago(number), **fields)


def words_of(response):
    return told(BeautifulSoup(response.content, "html.parser").get_text(" "))


def told(text):
    """The words of a page as somebody reads them: no space inside brackets or before a colon."""
    words = " ".join(text.split())
    return words.replace("( ", "(").replace(" )", ")").replace(" :", ":")


def names(standings):
    return [one.placement.person.name for one in standings]


# --- Who stands on it ----------------------------------------------------------------------------


def test_quiet_lions_come_first_then_the_most_indebted(pm, product):
    put(product, "Late elephant", ELEPHANT, 70)  # 9
    put(product, "Late lion", LION, 41)  # 0.46
    put(product, "Later lion", LION, 56)  # 1
    put(product, "Late monkey", MONKEY, 35)  # 0.25
    put(product, "Late deer", DEER, 900)
    found = today_for(pm, TODAY)
    assert names(found.waiting) == ["Later lion", "Late lion", "Late elephant", "Late monkey"]
    assert found.people == 5


def test_equals_stand_by_name(pm, product):
    for name in ("bo", "Al", "Cy"):
        put(product, name, LION, 41)
    assert names(today_for(pm, TODAY).waiting) == ["Al", "bo", "Cy"]


@pytest.mark.parametrize(("waited", "is_soon"), [(20, False), (21, True), (28, True), (29, False)])
def test_due_is_who_must_be_seen_within_seven_days(pm, product, waited, is_soon):
    put(product, "Lion", LION, waited)
    found = today_for(pm, TODAY)
    assert bool(found.soon) is is_soon
    assert bool(found.waiting) is (waited > 28)


def test_the_next_due_comes_first(pm, product):
    put(product, "Lion", LION, 23)
    put(product, "Elephant", ELEPHANT, 5)
    assert names(today_for(pm, TODAY).soon) == ["Elephant", "Lion"]


def test_whoever_is_snoozed_waits_for_nothing(pm, product):
    late, soon = put(product, "Late", LION, 60), put(product, "Soon", LION, 28)
    for one in (late, soon):
        Snooze.objects.create(
            product=product, person=one.person, from_day=TODAY, until_day=ago(-3), reason="x"
        )
    found = today_for(pm, TODAY)
    assert (found.waiting, found.soon, names(found.snoozed)) == ([], [], ["Late", "Soon"])


def test_a_place_is_looked_at_again_after_a_year(pm, product):
    put(product, "Old", DEER, 9, reviewed_on=ago(366))
    put(product, "Older", DEER, 9, reviewed_on=ago(500))
    put(product, "Fresh", DEER, 9, reviewed_on=ago(364))
    put(product, "Due", DEER, 9, reviewed_on=ago(365))
    assert names(today_for(pm, TODAY).unreviewed) == ["Older", "Old", "Due"]


def test_contacts_suggest_a_place(pm, product):
    deer = put(product, "Deer", DEER, 9)
    for number in (1, 2, 3):
        touch(deer, number, kind="mail", outcome="escalation")
    assert [one.placement for one in today_for(pm, TODAY).suggestions] == [deer]


def test_only_open_maps_count_and_nothing_about_oneself(pm, product):
    put(product, "Mine", LION, 60)
    put(ProductFactory(), "Elsewhere", LION, 60)
    put(ProductFactory(archived_on=ago(1)), "Archived", LION, 60)
    oneself = put(product, "Myself", LION, 60)
    oneself.person.email = "Priya@example.com"
    oneself.person.save()
    other = ProductFactory()
    MembershipFactory(user=pm, product=other, role="contributor", stakeholder_grant=True)
    put(other, "Granted", LION, 50)
    assert names(today_for(pm, TODAY).waiting) == ["Mine", "Granted"]
    assert names(today_for(pm, TODAY, product).waiting) == ["Mine"]
    assert today_for(pm, TODAY, product).people == 1
    lead = LeadFactory(portfolio=other.portfolio).user
    assert names(today_for(lead, TODAY).waiting) == ["Granted"]
    archived_lead = LeadFactory(
        portfolio=Placement.objects.get(person__name="Archived").product.portfolio
    ).user
    assert today_for(archived_lead, TODAY).people == 0
    assert len(today_for(AdministratorFactory(), TODAY).waiting) == 4


# --- In which words ------------------------------------------------------------------------------


def test_it_says_whom_to_talk_to_and_why(client, pm, product):
    touch(put(product, "Dana Okoye", LION, 90), 41)
    touch(put(product, "Mina Sato", ELEPHANT, 90), 4, kind="meeting")
    put(product, "Per Lind", MONKEY, 60)
    deer = put(product, "Rita Ivanov", DEER, 9, reviewed_on=ago(400))
    for number in (1, 2, 3):
        touch(deer, number, kind="mail", outcome="escalation")
    words = words_of(client.get(URL))
    assert "2 people wait for a contact, 1 due in the next 7 days." in words
    assert "Brief Dana Okoye (Shift Planner): last briefed 41 days ago, 13 days late" in words
    assert "Invite Per Lind to office hours (Shift Planner): never invited, placed 60 days" in words
    assert (
        "Meet Mina Sato about the roadmap (Shift Planner): last met 4 days ago, due in 3" in words
    )
    assert "Rita Ivanov (Shift Planner): 3 escalations in 2 days: do they have more" in words
    assert "Rita Ivanov (Shift Planner): last reviewed 17 Oct 2025" in words
    assert words.count("Quiet lion") == 1


def test_without_animals_the_neutral_name_stands_there(client, pm, product):
    put(product, "Dana Okoye", LION, 41)
    Organisation.objects.update_or_create(pk=1, defaults={"shows_animals": False})
    words = words_of(client.get(URL))
    assert "Keep satisfied" in words
    assert "lion" not in words.casefold()


def test_it_says_when_there_is_nothing(client, pm, product):
    assert "Nobody is on a map yet" in words_of(client.get(URL))
    put(product, "Dana Okoye", LION, 1)
    words = words_of(client.get(URL))
    assert "Nothing to do today" in words
    assert "Nobody waits for a contact, nobody due in the next 7 days." in words


def test_a_long_list_has_pages(client, pm, product):
    for number in range(52):
        put(product, f"Person {number:02}", LION, 41)
    words = words_of(client.get(URL))
    assert "1 to 50 of 52 people" in words
    assert "Person 50" not in words
    words = words_of(client.get(f"{URL}?page=2"))
    assert "Person 51" in words
    assert "Person 49" not in words
    assert client.get(f"{URL}?page=" + "9" * 5000).status_code == 200


def test_other_lists_are_cut(client, pm, product):
    for number in range(22):
        put(product, f"Person {number:02}", LION, 25, reviewed_on=ago(400))
    words = words_of(client.get(URL))
    assert words.count("And 2 more.") == 2


def test_only_whoever_has_maps_opens_it(client, product):
    client.force_login(PersonFactory())
    assert client.get(URL).status_code == 403


def test_no_browser_keeps_it_and_administrators_are_noted(client, product):
    client.force_login(AdministratorFactory())
    response = client.get(URL)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    assert ConfidentialRead.objects.get().what == "today's list"


@pytest.mark.parametrize("amount", [1, 3])
def test_it_costs_as_much_for_three(client, pm, product, amount):
    for number in range(amount):
        for place in (LION, ELEPHANT, MONKEY):
            put(product, f"P {number}", place, 41, reviewed_on=ago(400))
        put(product, f"S {number}", LION, 25)
        deer = put(product, f"D {number}", DEER, 9)
        for days in (1, 2, 3):
            touch(deer, days, kind="mail", outcome="escalation")
        touch(deer, 0, by=pm)
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    assert len(captured) == 8


# --- What is done from it ------------------------------------------------------------------------


@pytest.mark.parametrize("has_scripts", [True, False])
def test_one_click_logs_it_and_a_note_can_follow(client, pm, product, has_scripts):
    dana = put(product, "Dana Okoye", LION, 41)
    put(product, "Mina Sato", ELEPHANT, 41)
    page = open_page(client, URL)
    form = page.soup.select_one("#today-waiting ~ ul form")
    sent = {one["name"]: one["value"] for one in form.select("input[name]")}
    assert (sent["kind"], sent["day"]) == ("briefing", TODAY.isoformat())
    if has_scripts:
        page = send_form(client, page, "#today-waiting ~ ul form")
        page.soup.select_one("#toasts").clear()
        assert difference(page, open_page(client, URL)) == ""
    else:
        for _ in range(2):
            assert client.post(form["action"], sent).headers["Location"] == URL
        page = open_page(client, URL)
    logged = Touchpoint.objects.get()
    assert (logged.person, logged.kind, logged.day, logged.by) == (
        dana.person,
        "briefing",
        TODAY,
        pm,
    )
    assert "Brief Dana Okoye" not in page.text
    assert "1 person waits for a contact" in page.text
    assert "A personal briefing with Dana Okoye (Shift Planner)" in told(page.text)
    note_url = page.soup.select_one("#today-logged ~ ul a")["href"]
    noted = {"kind": "briefing", "day": TODAY.isoformat(), "note": "Went well", "version": "1"}
    assert client.post(note_url, noted).headers["Location"] == URL
    logged.refresh_from_db()
    assert logged.note == "Went well"


def test_the_click_on_the_second_page_stays_there(client, pm, product):
    for number in range(52):
        put(product, f"Person {number:02}", LION, 41)
    page = send_form(client, open_page(client, f"{URL}?page=2"), "#today-waiting ~ ul form")
    page.soup.select_one("#toasts").clear()
    assert page.url == f"{URL}?page=2"
    assert difference(page, open_page(client, page.url)) == ""
    assert "51 to 51 of 51 people" in page.text


def test_undo_leads_back_to_the_list(client, pm, product):
    put(product, "Dana Okoye", LION, 41)
    page = open_page(client, URL)
    form = page.soup.select_one("#today-waiting ~ ul form")
    client.post(form["action"], {one["name"]: one["value"] for one in form.select("input[name]")})
    undo = open_page(client, URL).soup.select_one(".toast form")["action"]
    assert client.post(undo).headers["Location"] == URL
    assert not Touchpoint.objects.exists()


def test_snoozing_and_answering_lead_back_to_the_list(client, pm, product):
    put(product, "Dana Okoye", LION, 41)
    deer = put(product, "Rita Ivanov", DEER, 9)
    for number in (1, 2, 3):
        touch(deer, number, kind="mail", outcome="escalation")
    page = open_page(client, URL)
    snooze_url = page.soup.find("a", href=lambda url: url and "/snooze/" in url)["href"]
    sent = {"until": "2026-12-01", "reason": "On leave"}
    assert client.post(snooze_url, sent).headers["Location"] == URL
    answer_url = page.soup.find("a", href=lambda url: url and "/suggestion/" in url)["href"]
    sent = {"answer": "later", "reason": "A bad week"}
    assert client.post(answer_url, sent).headers["Location"] == URL
    words = words_of(client.get(URL))
    assert "Dana Okoye (Shift Planner): until 1 Dec" in words
    assert "more power" not in words


def test_a_contact_with_somebody_who_left_the_map_is_not_listed(client, pm, product):
    dana = put(product, "Dana Okoye", LION, 41)
    touch(dana, 0, by=pm)
    put(product, "Mina Sato", LION, 1)
    assert "You logged today" in words_of(client.get(URL))
    dana.delete()
    assert "You logged today" not in words_of(client.get(URL))


def test_the_list_as_the_answer_to_a_form_is_noted_as_the_list(client, product):
    admin = AdministratorFactory()
    MembershipFactory(user=admin, product=product, role="manager")
    dana = put(product, "Dana Okoye", LION, 41)
    put(ProductFactory(), "Rita Ivanov", LION, 41)
    client.force_login(admin)
    url = f"{dana.get_absolute_url()}contacts/new/?back=today"
    headers = {"HX-Request": "true", "HX-Target": "today"}
    response = client.post(url, {"kind": "briefing", "day": str(TODAY)}, headers=headers)
    assert "Rita Ivanov" in words_of(response)
    (read,) = ConfidentialRead.objects.all()
    assert (read.what, read.product, read.person) == ("today's list", None, None)
