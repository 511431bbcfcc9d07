"""The card of a person: what it says, to whom, and what is done from it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django import forms
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from stakeholders.models import Move, Placement, Snooze, SuggestionAnswer, Touchpoint
from stakeholders.selectors.due import debts_of
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)
from tests.factories.stakeholders import (
    NOW,
    TODAY,
    MoveFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)
from tests.factories.stakeholders import PersonFactory as StakeholderFactory
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db
SHOWABLE = "Write what you would be willing to show this person."
CONTACT = {"kind": "meeting", "day": "2026-11-20", "note": "", "mood": "", "outcome": ""}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", stage="growth")


@pytest.fixture
def lion(product):
    person = StakeholderFactory(name="Dana Okoye", email="okoye@example.org", role="CFO")
    return PlacementFactory(product=product, person=person, since=ago(60))


@pytest.fixture
def pm(client, product):
    """A product manager, signed in."""
    person = PersonFactory(name="Priya", email="priya@example.com")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


def ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


def touch(placement, number, **fields):
    spot = {"product": placement.product, "person": placement.person}
    return TouchpointFactory(**spot, day=ago(number), **fields)


def escalate(placement):
    Placement.objects.filter(pk=placement.pk).update(power=20)
    for number in (1, 5, 9):
        touch(placement, number, kind="mail", outcome="escalation")


def words_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def card(client, placement, query=""):
    response = client.get(f"{placement.get_absolute_url()}{query}")
    assert response.status_code == 200
    return words_of(response)


# --- What it says --------------------------------------------------------------------------------


def test_it_says_what_is_owed_and_how_late(client, pm, lion):
    touch(lion, 41, note="Cost is what counts.", mood=-1, outcome="escalation", by=pm)
    words = card(client, lion)
    assert "Dana Okoye CFO" in words
    assert "Last briefed 41 days ago, owed every 28: 13 days late." in words
    assert "Personal briefing every 28 days" in words
    assert "Executive brief" in words
    assert "Default of the place on the map" in words
    assert "11 Oct Personal briefing by Priya" in words
    assert "Uneasy" in words
    assert "They escalated something" in words
    assert "Cost is what counts." in words


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"since": ago(30)}, "Never briefed, placed 30 days ago, owed every 28: 2 days late."),
        ({"since": ago(28)}, "Never briefed, placed 28 days ago, owed every 28: due today."),
        ({"since": ago(25)}, "Never briefed, placed 25 days ago, owed every 28: due in 3 days."),
        ({"since": TODAY}, "Never briefed, placed today, owed every 28: due in 28 days."),
        ({"power": 10}, "No personal contact is owed; the weekly digest is."),
        ({"involvement": 60}, "Never met, placed 60 days ago, owed every 7: 53 days late."),
    ],
)
def test_each_way_of_owing_has_its_words(client, pm, lion, fields, says):
    Placement.objects.filter(pk=lion.pk).update(**fields)
    assert says in card(client, lion)


def test_snoozed_days_are_told_apart(client, pm, lion):
    touch(lion, 41)
    spot = {"product": lion.product, "person": lion.person}
    SnoozeFactory(**spot, from_day=ago(20), until_day=ago(10))
    assert "owed every 28: 3 days late (10 snoozed days left out)." in card(client, lion)
    SnoozeFactory(**spot, from_day=ago(1), until_day=ago(-9), reason="On leave", by=pm)
    words = card(client, lion)
    assert "owed every 28: snoozed until 30 Nov." in words
    assert "Snoozed until 30 Nov by Priya: On leave" in words
    assert "End the snooze" in words


def test_it_says_where_they_stand_and_why(client, pm, lion):
    fields = {"note": "Owns the budget.", "is_pinned": True, "pin_reason": "Agreed with the CFO."}
    Placement.objects.filter(pk=lion.pk).update(**fields, reviewed_on=ago(400))
    MoveFactory(
        product=lion.product,
        person=lion.person,
        kind="moved",
        was_involvement=20,
        was_power=20,
        why="New role",
        by=pm,
    )
    words = card(client, lion)
    assert "Lion: keep satisfied involvement 20, power 80" in words
    assert "Why here Owns the budget." in words
    assert "Last reviewed 17 Oct 2025, 400 days ago" in words
    assert "Pinned Agreed with the CFO." in words
    assert "21 Nov 2026 moved from Deer: keep informed (20, 20) to Lion: keep satisfied" in words
    assert "by Priya New role" in words
    Organisation.objects.update_or_create(pk=1, defaults={"shows_animals": False})
    words = card(client, lion)
    assert "Keep satisfied involvement 20, power 80" in words
    assert "Lion" not in words


def test_a_plan_of_ones_own_says_why(client, pm, lion):
    fields = {"contact": "meeting", "every": 14, "plan_reason": "He asked for it."}
    Placement.objects.filter(pk=lion.pk).update(**fields)
    words = card(client, lion)
    assert "Roadmap meeting every 14 days" in words
    assert "Set for this person: He asked for it." in words


def test_contacts_are_paged_newest_first(client, pm, lion):
    for number in range(25):
        touch(lion, number, note=f"note {number}.")
    words = card(client, lion)
    assert words.index("note 0.") < words.index("note 1.")
    assert "note 19." in words
    assert "note 20." not in words
    assert "1 to 20 of 25 contacts" in words
    assert "note 24." in card(client, lion, "?page=2")


# --- Who may see it ------------------------------------------------------------------------------


def pages_of(placement, touchpoint):
    url = placement.get_absolute_url()
    actions = ["", "plan/", "snooze/", "suggestion/", "contacts/new/", "meeting.ics"]
    actions += [f"contacts/{touchpoint.pk}/{verb}/" for verb in ("edit", "delete")]
    return [f"{url}{action}" for action in actions]


def answers(client, placement, touchpoint):
    return {client.get(url).status_code for url in pages_of(placement, touchpoint)} | {
        client.post(url).status_code for url in pages_of(placement, touchpoint)[1:5]
    }


def test_people_of_another_product_are_not_there(client, pm, product, lion):
    stranger = PlacementFactory()
    stranger_contact = touch(stranger, 3)
    here = f"/products/{product.slug}/map/{stranger.pk}/"
    stranger.get_absolute_url = lambda: here
    assert answers(client, stranger, stranger_contact) == {404}
    # Nor does a contact of somebody else stand on this card.
    for verb in ("edit", "delete"):
        url = f"{lion.get_absolute_url()}contacts/{stranger_contact.pk}/{verb}/"
        assert client.get(url).status_code == 404
        assert client.post(url, CONTACT).status_code == 404
    assert Touchpoint.objects.count() == 1


def test_without_the_grant_it_is_forbidden(client, product, lion):
    contact = touch(lion, 3)
    person = PersonFactory()
    member = MembershipFactory(user=person, product=product, role="contributor")
    client.force_login(person)
    assert answers(client, lion, contact) == {403}
    member.stakeholder_grant = True
    member.save()
    assert client.get(lion.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("role", ["manager", "lead", "administrator"])
def test_nobody_sees_their_own_card_whatever_their_role(client, product, lion, role):
    contact = touch(lion, 3)
    factory = AdministratorFactory if role == "administrator" else PersonFactory
    user = factory(email="OKOYE@example.org")
    if role == "manager":
        MembershipFactory(user=user, product=product, role="manager")
    if role == "lead":
        LeadFactory(user=user, portfolio=product.portfolio)
    client.force_login(user)
    assert answers(client, lion, contact) == {404}
    assert client.post(f"{lion.get_absolute_url()}snooze/end/").status_code == 404
    assert client.get(PlacementFactory(product=product).get_absolute_url()).status_code == 200


def test_no_browser_keeps_any_of_it(client, pm, lion):
    escalate(lion)
    Placement.objects.filter(pk=lion.pk).update(contact="briefing")
    for url in pages_of(lion, Touchpoint.objects.first()):
        response = client.get(url)
        assert response.status_code == 200, url
        assert response.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in response.headers


@pytest.mark.parametrize("amount", [1, 3])
def test_it_costs_as_much_for_three(client, pm, lion, amount):
    for number in range(amount):
        touch(lion, number, by=PersonFactory())
        MoveFactory(product=lion.product, person=lion.person, by=PersonFactory())
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        client.get(lion.get_absolute_url())
    assert len(captured) == 11


# --- Contacts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_scripts", [True, False])
def test_one_click_logs_today_what_is_owed(client, pm, lion, has_scripts):
    url = lion.get_absolute_url()
    touch(lion, 41)
    page = open_page(client, url)
    form = "#card form[action$='contacts/new/?card=1']"
    if has_scripts:
        page = send_form(client, page, form)
        page.soup.select_one("#toasts").clear()
        assert difference(page, open_page(client, url)) == ""
    else:
        values = {one["name"]: one["value"] for one in page.soup.select(f"{form} input[name]")}
        for _ in range(2):  # sent twice it is one
            response = client.post(f"{url}contacts/new/?card=1", values)
        assert response.headers["Location"] == url
    logged = Touchpoint.objects.latest("pk")
    assert (logged.kind, logged.day, logged.by, logged.note) == ("briefing", TODAY, pm, "")
    assert Touchpoint.objects.count() == 2
    words = card(client, lion)
    assert "Last briefed today, owed every 28: due in 28 days." in words
    assert "Add a note" in words


def test_a_contact_is_logged_with_a_note_and_undone(client, pm, lion):
    url = lion.get_absolute_url()
    page = open_page(client, f"{url}contacts/new/")
    assert SHOWABLE in page.text
    assert page.soup.select_one("select[name=kind] option[selected]")["value"] == "briefing"
    sent = {**CONTACT, "note": "Liked it", "mood": "2", "outcome": "no_reply"}
    client.post(f"{url}contacts/new/", sent)
    kept = Touchpoint.objects.get()
    assert (kept.kind, kept.day, kept.note) == ("meeting", ago(1), "Liked it")
    assert (kept.mood, kept.outcome, kept.by) == (2, "no_reply", pm)
    toast = open_page(client, url).soup.select_one(".toast")
    assert "Logged: a roadmap meeting with Dana Okoye." in toast.text
    response = client.post(toast.form["action"])
    assert response.headers["Location"] == url
    assert not Touchpoint.objects.exists()


def test_undo_spares_what_somebody_has_changed_meanwhile(client, pm, lion):
    url = lion.get_absolute_url()
    client.post(f"{url}contacts/new/", CONTACT)
    undo = open_page(client, url).soup.select_one(".toast form")["action"]
    Touchpoint.objects.update(note="Theirs", version=2)
    client.post(undo)
    assert Touchpoint.objects.get().note == "Theirs"
    assert "It is kept." in card(client, lion)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"kind": "lunch"}, "Select a valid choice."),
        ({"day": "2026-11-22"}, "Enter a day from 2000-01-01 to 2026-11-21."),
        ({"day": "0001-01-01"}, "Enter a day from 2000-01-01"),
        ({"day": "soon"}, "Enter a day, like 2026-11-21."),
        ({"mood": "3"}, "Select a valid choice."),
        ({"outcome": "party"}, "Select a valid choice."),
        ({"note": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_refused_contact_says_why_and_keeps_what_was_typed(client, pm, lion, typed, says):
    sent = {**CONTACT, "note": "Kept", "token": "nonsense", **typed}
    sent.pop("token")
    response = client.post(f"{lion.get_absolute_url()}contacts/new/", sent)
    assert response.status_code == 422
    assert says in words_of(response)
    assert sent["note"] in words_of(response)
    assert not Touchpoint.objects.exists()


def test_a_contact_is_put_right_and_who_saves_second_reads_it(client, pm, lion):
    kept = touch(lion, 3, note="Old")
    url = f"{lion.get_absolute_url()}contacts/{kept.pk}/edit/"
    page = open_page(client, url)
    assert "Old" in page.text
    assert SHOWABLE in page.text
    assert client.post(url, {**CONTACT, "note": "Theirs", "version": "1"}).status_code == 302
    response = client.post(url, {**CONTACT, "note": "Mine", "mood": "1", "version": "1"})
    assert response.status_code == 409
    words = words_of(response)
    assert "Priya changed this while you were typing." in words
    assert "Note: saved now “Theirs”, you typed “Mine”." in words
    assert "Mood: saved now “nothing”, you typed “Pleased”." in words
    client.post(url, {**CONTACT, "note": "Mine", "version": "2"})
    kept.refresh_from_db()
    assert kept.note == "Mine"


def test_a_contact_is_deleted_after_a_question(client, pm, lion):
    kept = touch(lion, 3)
    url = f"{lion.get_absolute_url()}contacts/{kept.pk}/delete/"
    assert "Personal briefing of 18 Nov 2026, with its note." in words_of(client.get(url))
    assert client.post(f"{url}?version=" + "9" * 5000).status_code == 302
    assert not Touchpoint.objects.exists()


# --- Plans, snoozes, suggestions -----------------------------------------------------------------


def test_a_plan_is_set_with_a_reason_and_goes_back_to_the_default(client, pm, lion):
    url = f"{lion.get_absolute_url()}plan/"
    page = open_page(client, url)
    assert "The default: Executive brief" in page.text
    assert "The default: Personal briefing" in page.text
    assert "The default: 28 days." in page.text
    assert SHOWABLE in page.text
    own = {"plan": "roadmap", "contact": "meeting", "every": "14", "version": "1"}
    response = client.post(url, own)
    assert response.status_code == 422
    assert "Say why this differs from the default." in words_of(response)
    assert client.post(url, {**own, "reason": "He asked"}).status_code == 302
    lion.refresh_from_db()
    assert (lion.plan, lion.contact, lion.every, lion.plan_reason) == (
        "roadmap",
        "meeting",
        14,
        "He asked",
    )
    assert "Back to the default" in open_page(client, url).text
    client.post(url, {**own, "reason": "He asked", "version": "2", "do": "default"})
    lion.refresh_from_db()
    assert (lion.plan, lion.contact, lion.every, lion.plan_reason) == ("", "", None, "")
    assert "Back to the default" not in open_page(client, url).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"every": "0"}, "Enter a whole number from 1 to 366."),
        ({"every": "367"}, "Enter a whole number from 1 to 366."),
        ({"plan": "poster"}, "Select a valid choice."),
        ({"contact": "mail"}, "Select a valid choice."),
        ({"contact": "none", "every": "7"}, "Without a personal contact leave the days empty."),
        ({"every": "7", "reason": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_refused_plan_says_why(client, pm, lion, typed, says):
    sent = {"plan": "", "contact": "", "every": "", "reason": "x", "version": "1", **typed}
    response = client.post(f"{lion.get_absolute_url()}plan/", sent)
    assert response.status_code == 422
    assert says in words_of(response)


def test_who_plans_second_reads_what_the_other_saved(client, pm, lion):
    url = f"{lion.get_absolute_url()}plan/"
    own = {"plan": "", "contact": "", "every": "14", "reason": "Often", "version": "1"}
    client.post(url, own)
    response = client.post(url, {**own, "every": "21", "plan": "newsletter"})
    assert response.status_code == 409
    words = words_of(response)
    assert "Priya changed this while you were typing." in words
    assert "Every … days: saved now “14 days”, you typed “21 days”." in words
    assert "Weekly digest: saved now “the default”, you typed “Newsletter”." in words
    client.post(url, {**own, "every": "21", "version": "2"})
    lion.refresh_from_db()
    assert lion.every == 21


def test_somebody_is_snoozed_and_woken(client, pm, lion):
    url = lion.get_absolute_url()
    assert SHOWABLE in open_page(client, f"{url}snooze/").text
    sent = {"until": "2026-12-01", "reason": "On leave"}
    assert client.post(f"{url}snooze/", sent).headers["Location"] == url
    assert debts_of([lion], TODAY)[lion.pk].snoozed_until == dt.date(2026, 12, 1)
    assert Snooze.objects.get().by == pm
    page = send_form(client, open_page(client, url), "#card form[action*='snooze/end']")
    page.soup.select_one("#toasts").clear()
    assert difference(page, open_page(client, url)) == ""
    assert debts_of([lion], TODAY)[lion.pk].snoozed_until is None
    assert client.get(f"{url}snooze/end/").status_code == 405


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"until": "2026-11-21"}, "Enter a day from 2026-11-22 to 2027-11-22."),
        ({"until": "2027-11-23"}, "Enter a day from 2026-11-22 to 2027-11-22."),
        ({"until": "9999-12-31"}, "Enter a day from 2026-11-22 to 2027-11-22."),
        ({"reason": ""}, "Reason is missing."),
    ],
)
def test_a_refused_snooze_says_why(client, pm, lion, typed, says):
    sent = {"until": "2026-12-01", "reason": "On leave", **typed}
    response = client.post(f"{lion.get_absolute_url()}snooze/", sent)
    assert response.status_code == 422
    assert says in words_of(response)
    assert not Snooze.objects.exists()


def test_a_suggestion_is_taken_with_a_reason(client, pm, lion):
    escalate(lion)
    asks = "3 escalations in 8 days: do they have more power than the map says?"
    assert asks in card(client, lion)
    url = f"{lion.get_absolute_url()}suggestion/"
    page = open_page(client, url)
    assert asks in page.text
    assert page.soup.select_one("input[name=reason]")["value"] == "3 escalations in 8 days."
    assert page.soup.select_one("input[name=power]")["value"] == "60"
    sent = {"answer": "take", "power": "60", "reason": "3 escalations", "version": "1"}
    assert client.post(url, sent).headers["Location"] == lion.get_absolute_url()
    lion.refresh_from_db()
    assert (lion.involvement, lion.power) == (20, 60)
    assert (Move.objects.get().why, Move.objects.get().by) == ("3 escalations", pm)
    assert SuggestionAnswer.objects.get().is_taken
    assert asks not in card(client, lion)


def test_a_suggestion_is_put_off_with_a_reason(client, pm, lion):
    escalate(lion)
    url = f"{lion.get_absolute_url()}suggestion/"
    client.post(url, {"answer": "later", "reason": "A bad week", "version": "1"})
    answer = SuggestionAnswer.objects.get()
    assert (answer.is_taken, answer.reason, answer.by) == (False, "A bad week", pm)
    lion.refresh_from_db()
    assert lion.power == 20
    assert "more power" not in card(client, lion)
    # Asked again there is nothing to answer.
    assert client.post(url, {"answer": "later", "reason": "x"}).status_code == 302
    assert SuggestionAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"answer": ""}, "What do you think? is missing."),
        ({"power": "49"}, "Enter a power from 50 to 100, or answer “Not now”."),
        ({"power": "101"}, "Enter a whole number from 0 to 100."),
        ({"power": ""}, "Say to which power they move."),
        ({"reason": ""}, "Reason is missing."),
    ],
)
def test_a_refused_answer_says_why(client, pm, lion, typed, says):
    escalate(lion)
    sent = {"answer": "take", "power": "60", "reason": "x", "version": "1", **typed}
    response = client.post(f"{lion.get_absolute_url()}suggestion/", sent)
    assert response.status_code == 422
    assert says in words_of(response)
    assert not SuggestionAnswer.objects.exists()


def test_whoever_takes_a_stale_suggestion_reads_where_they_stand(client, pm, lion):
    escalate(lion)
    Placement.objects.filter(pk=lion.pk).update(version=2, power=30)
    url = f"{lion.get_absolute_url()}suggestion/"
    sent = {"answer": "take", "power": "60", "reason": "x", "version": "1"}
    response = client.post(url, sent)
    assert response.status_code == 409
    assert "Involvement 20, power 30." in words_of(response)
    assert response.context["form"]["version"].value() == "2"
    client.post(url, {**sent, "version": "2"})
    lion.refresh_from_db()
    assert lion.power == 60


# --- Gone meanwhile ------------------------------------------------------------------------------


def gone(monkeypatch, rows):
    """Somebody else takes `rows` away once the form has been read."""
    is_valid = forms.Form.is_valid

    def read_and_gone(form):
        answer = is_valid(form)
        rows.delete()
        return answer

    monkeypatch.setattr(forms.Form, "is_valid", read_and_gone)


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("contacts/new/", CONTACT),
        ("plan/", {"every": "7", "reason": "x", "version": "1"}),
        ("snooze/", {"until": "2026-12-01", "reason": "x"}),
    ],
)
def test_who_leaves_the_map_while_a_form_is_sent_is_not_there(
    client, pm, lion, monkeypatch, page, sent
):
    gone(monkeypatch, Placement.objects.filter(pk=lion.pk))
    assert client.post(f"{lion.get_absolute_url()}{page}", sent).status_code == 404
    assert not Touchpoint.objects.exists()
    assert not Snooze.objects.exists()


def test_a_contact_taken_back_while_it_is_changed_is_not_there(client, pm, lion, monkeypatch):
    kept = touch(lion, 3)
    gone(monkeypatch, Touchpoint.objects.filter(pk=kept.pk))
    url = f"{lion.get_absolute_url()}contacts/{kept.pk}/edit/"
    assert client.post(url, {**CONTACT, "version": "1"}).status_code == 404
