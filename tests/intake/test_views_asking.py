"""The form over HTTP: question by question, all at once, checked, sent once, gone on with."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Department
from intake.models import Attachment, Draft, Request, Voice
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.intake import (
    NOW,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    SlotFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import PersonFactory
from tests.intake.files import png

ASK = "/products/shift-planner/ask/"
FULL = {
    "goal": "Know by Friday who works next week",
    "today": "I print the roster and correct it by hand",
    "times": "about 2,5",
    "per": "week",
    "minutes": "half an hour",
    "people": "４",
    "tried": "",
    "solution": "A button",
    "department": "Stores",
}


@pytest.fixture
def product(db):
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    dana = UserFactory(name="Dana Whitfield")
    MembershipFactory(user=dana, product=product, role="manager")
    return product


@pytest.fixture
def user(db):
    return UserFactory(name="Anna Smith", email="anna@example.org", password=PASSWORD)


@pytest.fixture
def browser(client, product, user):
    client.force_login(user)
    return client


def page(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def hidden(response) -> dict[str, str]:
    """What the form carries along."""
    form = page(response).select_one("form[data-ask], form[data-ask-send]")
    return {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}


def answer(browser, step, **values):
    return browser.post(f"{ASK}{step}/", {**hidden(browser.get(f"{ASK}{step}/")), **values})


def test_question_by_question_to_the_reference(browser, product, user):
    assert browser.get(ASK).headers["Location"] == f"{ASK}goal/"
    steps = {
        "goal": {"goal": FULL["goal"]},
        "today": {"today": FULL["today"]},
        "amount": {name: FULL[name] for name in ("times", "per", "minutes", "people")},
        "tried": {"tried": ""},
        "solution": {"solution": "A button"},
        "you": {"department": "Stores"},
    }
    address = f"{ASK}goal/"
    for number, (step, values) in enumerate(steps.items(), 1):
        assert address == f"{ASK}{step}/"
        shown = page(browser.get(address))
        assert f"Question {number} of 6" in shown.text
        assert len(shown.find_all("h1")) == 1
        address = answer(browser, step, **values).headers["Location"]
    assert address == f"{ASK}check/"
    check = browser.get(address)
    assert "2.5 times a week, 30 minutes each time, 4 people" in page(check).text.replace(
        "\xa0", " "
    )
    sent = browser.post(address, hidden(check))
    request = Request.objects.get()
    assert sent.headers["Location"] == f"{ASK}sent/{request.reference}/"
    told = page(browser.get(sent.headers["Location"])).text
    assert request.reference in told
    assert "Dana Whitfield hears of new requests at 11:00 and 15:30." in told
    assert request.solution == "A button"
    voice = Voice.objects.get()
    assert (voice.times, voice.per, voice.minutes, voice.people) == (2.5, "week", 30, 4)
    assert (voice.user, str(voice.department)) == (user, "Stores")
    assert not Draft.objects.exists()


def test_all_on_one_page_and_the_choice_is_remembered(browser):
    values = {**hidden(browser.get(f"{ASK}all/")), **FULL}
    assert browser.post(f"{ASK}all/", values).headers["Location"] == f"{ASK}check/"
    browser.post(f"{ASK}check/", hidden(browser.get(f"{ASK}check/")))
    assert Request.objects.get().goal == FULL["goal"]
    assert browser.get(ASK).headers["Location"] == f"{ASK}all/"
    browser.get(f"{ASK}goal/")
    assert browser.get(ASK).headers["Location"] == f"{ASK}goal/"


def test_a_refused_answer_is_kept_as_typed_and_told_in_our_words(browser):
    response = answer(browser, "amount", times="many", per="day", minutes="20", people="4")
    assert response.status_code == 422
    shown = page(response)
    assert shown.title.text.startswith("Error: ")
    assert "There is a problem" in shown.select_one(".error-summary").text
    assert shown.select_one(".error-summary a")["href"] == "#id_times"
    assert shown.select_one("#id_times")["value"] == "many"
    assert Draft.objects.get().answers["times"] == "many"
    assert page(browser.get(f"{ASK}amount/")).select_one("#id_times")["value"] == "many"


def test_i_am_not_sure_leaves_the_amounts_open(browser):
    response = answer(browser, "amount", times="many", unsure="1")
    assert response.headers["Location"] == f"{ASK}tried/"
    assert Draft.objects.get().answers["times"] == ""


def test_what_is_missing_keeps_it_from_being_sent(browser):
    answer(browser, "goal", goal="Know who works")
    response = browser.post(f"{ASK}check/", hidden(browser.get(f"{ASK}check/")))
    assert response.status_code == 422
    summary = page(response).select_one(".error-summary")
    assert "Write what happens today." in summary.text
    target = summary.a["href"].removeprefix("#")
    assert page(response).find(id=target) is not None
    assert not Request.objects.exists()


def test_a_change_leads_back_to_the_answers(browser):
    answer(browser, "goal", goal="Know who works")
    address = f"{ASK}goal/?from=check"
    response = browser.post(address, {**hidden(browser.get(address)), "goal": "Another"})
    assert response.headers["Location"] == f"{ASK}check/"


def test_sent_twice_is_one_request_and_going_back_says_so(browser):
    browser.post(f"{ASK}all/", {**hidden(browser.get(f"{ASK}all/")), **FULL})
    form = hidden(browser.get(f"{ASK}check/"))
    first = browser.post(f"{ASK}check/", form).headers["Location"]
    assert browser.post(f"{ASK}check/", form).headers["Location"] == first
    for step in ("goal/", "all/", "check/"):
        back = browser.get(f"{ASK}{step}")
        assert "You have sent this already" in page(back).text
        late = browser.post(f"{ASK}{step}", {**form, "goal": "Late"})
        assert late.status_code == (302 if step == "check/" else 200)
    assert Request.objects.count() == 1
    assert not Draft.objects.exists()
    assert browser.get(ASK).headers["Location"] == f"{ASK}all/"
    assert "already" not in page(browser.get(f"{ASK}all/")).text


def test_a_draft_goes_on_at_another_device_and_can_be_thrown_away(browser, user):
    answer(browser, "goal", goal="Know who works")
    elsewhere = Client()
    elsewhere.force_login(user)
    begun = page(elsewhere.get(ASK))
    assert "Go on where you stopped" in begun.h1.text
    assert begun.select_one(".button-primary")["href"] == f"{ASK}today/"
    shown = page(elsewhere.get(f"{ASK}goal/"))
    assert shown.textarea.text.strip() == "Know who works"
    assert elsewhere.get(f"{ASK}discard/").status_code == 200
    assert elsewhere.post(f"{ASK}discard/").headers["Location"] == f"{ASK}goal/"
    assert not Draft.objects.exists()


def test_typing_is_saved_and_says_when(browser):
    form = hidden(browser.get(f"{ASK}goal/"))
    saved = browser.post(f"{ASK}save/", {**form, "goal": "Know who"})
    assert re.fullmatch(r"Saved \d\d:\d\d", saved.content.decode())
    assert Draft.objects.get().answers == {"goal": "Know who"}
    naughty = browser.post(f"{ASK}save/", {**form, "goal": "a\0b"})
    assert naughty.status_code == 200
    assert Draft.objects.get().answers == {"goal": "ab"}


def test_typing_without_a_session_is_answered_not_redirected(client, product):
    answer = client.post(f"{ASK}save/", {"goal": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_what_was_sent_when_the_session_had_ended_is_back_after_signing_in(browser, user):
    form = hidden(browser.get(f"{ASK}goal/"))
    browser.logout()
    text = "Know by Friday " * 50
    led = browser.post(f"{ASK}goal/", {**form, "goal": text})
    assert led.headers["Location"].startswith("/accounts/login/?next=")
    browser.force_login(user)
    shown = page(browser.get(f"{ASK}goal/"))
    assert shown.textarea.text.removeprefix("\n") == text
    assert Draft.objects.get().answers["goal"] == text


def test_nobody_else_at_this_browser_gets_what_was_typed(browser):
    form = hidden(browser.get(f"{ASK}goal/"))
    browser.logout()
    browser.post(f"{ASK}goal/", {**form, "goal": "A secret"})
    browser.force_login(UserFactory())
    assert "A secret" not in page(browser.get(f"{ASK}goal/")).text
    assert not Draft.objects.exists()


def test_the_department_is_known_and_not_asked_for_twice(browser, user):
    PersonFactory(user=user, department=Department.objects.create(name="Logistics"))
    assert page(browser.get(f"{ASK}you/")).select_one("#id_department")["value"] == "Logistics"


def test_a_slot_is_offered_and_booked(browser, product):
    starts = timezone.now() + dt.timedelta(days=3)
    slot = SlotFactory(session__product=product, session__starts_at=starts, starts_at=starts)
    browser.post(f"{ASK}all/", {**hidden(browser.get(f"{ASK}all/")), **FULL, "slot": slot.pk})
    check = browser.get(f"{ASK}check/")
    assert "No meeting needed" not in page(check).text
    sent = browser.post(f"{ASK}check/", hidden(check))
    assert slot.bookings.get().request == Request.objects.get()
    assert "Your slot:" in page(browser.get(sent.headers["Location"])).text


def test_a_slot_that_has_gone_meanwhile_loses_nothing(browser, product):
    starts = timezone.now() + dt.timedelta(days=3)
    slot = SlotFactory(session__product=product, session__starts_at=starts, starts_at=starts)
    browser.post(f"{ASK}all/", {**hidden(browser.get(f"{ASK}all/")), **FULL, "slot": slot.pk})
    form = hidden(browser.get(f"{ASK}check/"))
    slot.session.state = "cancelled"
    slot.session.save()
    response = browser.post(f"{ASK}check/", form)
    assert response.status_code == 422
    assert "This slot has just gone." in page(response).text
    assert Draft.objects.get().answers["goal"] == FULL["goal"]
    assert not Request.objects.exists()


def test_a_file_goes_along_and_can_be_taken_away_again(browser):
    browser.post(f"{ASK}all/", {**hidden(browser.get(f"{ASK}all/")), **FULL})
    for name in ("a.png", "b.png"):
        file = SimpleUploadedFile(name, png())
        assert browser.post(f"{ASK}files/", {"file": file}).status_code == 302
    second = Attachment.objects.get(name="b.png")
    browser.post(f"{ASK}files/{second.pk}/delete/")
    browser.post(f"{ASK}check/", hidden(browser.get(f"{ASK}check/")))
    request = Request.objects.get()
    kept = request.attachments.get()
    assert kept.name == "a.png"
    answer = browser.get(f"/requests/{request.reference}/files/{kept.pk}/")
    assert answer.content == png()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_whoever_joined_gets_no_files_and_strangers_get_nothing(browser, user):
    browser.post(f"{ASK}files/", {"file": SimpleUploadedFile("a.png", png())})
    browser.post(f"{ASK}all/", {**hidden(browser.get(f"{ASK}all/")), **FULL})
    browser.post(f"{ASK}check/", hidden(browser.get(f"{ASK}check/")))
    request = Request.objects.get()
    url = f"/requests/{request.reference}/files/{request.attachments.get().pk}/"
    other = Client()
    other.force_login(VoiceFactory(request=request).user)
    assert other.get(url).status_code == 404
    other.force_login(UserFactory())
    assert other.get(url).status_code == 404


def test_similar_wishes_stand_beside_the_second_question(browser, product):
    wish = RequestFactory(product=product, goal="Know by Friday who works next week")
    VoiceFactory(request=wish)
    RequestFactory(product=product, goal="Know by Friday who works, in private", is_private=True)
    assert page(browser.get(f"{ASK}goal/")).find(id="similar") is None
    answer(browser, "goal", goal="Know on Friday who works next week")
    beside = page(browser.get(f"{ASK}today/")).find(id="similar")
    assert "1 person asked for something like this." in beside.text
    assert beside.a["href"] == f"{ASK}join/{wish.reference}/"
    assert "private" not in beside.text
    swapped = page(browser.post(f"{ASK}similar/", {"goal": "Who works next week"}))
    assert swapped.find(id="similar").a["href"] == beside.a["href"]


def test_an_opportunity_stands_there_once_and_its_oldest_wish_is_joined(browser, product):
    problem = "Nobody knows by Friday who works next week"
    opportunity = OpportunityFactory(product=product, problem=problem)
    old, new = (
        RequestFactory(product=product, goal=problem, created_at=NOW - dt.timedelta(days=ago))
        for ago in (9, 1)
    )
    for wish in (new, old):
        VoiceFactory(request=wish)
        RequestLinkFactory(request=wish, opportunity=opportunity)
    answer(browser, "goal", goal="Know by Friday who works next week")
    beside = page(browser.get(f"{ASK}today/")).find(id="similar")
    assert len(beside.find_all("li")) == 1
    led = [link["href"] for link in beside.find_all("a")]
    assert led == [f"{ASK}join/{old.reference}/", opportunity.get_absolute_url()]


def test_the_swapped_part_equals_the_reloaded_one(browser, product):
    VoiceFactory(request__product=product, request__goal="Know by Friday who works next week")
    answer(browser, "goal", goal="Who works next week")
    reloaded = page(browser.get(f"{ASK}today/")).find(id="similar")
    swapped = page(browser.post(f"{ASK}similar/", {"goal": "Who works next week"}))
    assert swapped.find(id="similar") == reloaded


def test_that_is_me_too_takes_along_what_was_typed(browser, product, user):
    wish = VoiceFactory(request__product=product).request
    answer(browser, "goal", goal="Who works next week")
    url = f"{ASK}join/{wish.reference}/"
    response = browser.get(url)
    assert "Who works next week" in page(response).textarea.text
    values = {"words": "Me too", "times": "twice a day", "per": "week", "minutes": "1:30"}
    sent = browser.post(url, {**hidden(response), **values})
    assert sent.headers["Location"] == f"{ASK}sent/{wish.reference}/"
    voice = wish.voices.get(user=user)
    assert (voice.times, voice.per, voice.minutes, voice.words) == (2, "day", 90, "Me too")
    assert not Draft.objects.exists()
    assert browser.get(url).headers["Location"] == sent.headers["Location"]


@pytest.mark.parametrize(
    "fields",
    [{"is_private": True}, {"status": "closed", "outcome": "answered"}, {"product": None}],
)
def test_what_may_not_be_joined_is_not(browser, product, fields):
    where = {"product": product} | fields
    wish = RequestFactory(**{**where, "product": where["product"] or ProductFactory()})
    url = f"{ASK}join/{wish.reference}/"
    answer = browser.post(url, {"words": "x"})
    if wish.product == product:
        assert answer.headers["Location"] == ASK
    else:
        assert answer.status_code == 404
    assert not wish.voices.exists()


def test_asking_costs_few_queries(browser, product, django_assert_num_queries):
    for count in (1, 3):
        for number in range(count):
            wish = RequestFactory(product=product, goal=f"Who works next week {count}{number}")
            VoiceFactory(request=wish)
        answer(browser, "goal", goal="Who works next week")
        with django_assert_num_queries(14):
            browser.get(f"{ASK}today/")


def test_entering_for_somebody(client, product):
    client.force_login(product.memberships.get().user)
    url = "/products/shift-planner/inbox/new/"
    form = page(client.get(url)).select_one("main form input[name=token]")
    values = {"token": form["value"], "name": "Bo", "email": "", "goal": "Know who works"}
    for _ in range(2):
        assert client.post(url, values).status_code == 302
    request = Request.objects.get()
    assert (request.source, request.voices.get().name) == ("on_behalf", "Bo")
    assert client.post(url, {"name": "Bo"}).status_code == 422


def test_a_stranger_reads_neither_who_asked_nor_what(browser, product, user):
    browser.post(f"{ASK}all/", {**hidden(browser.get(f"{ASK}all/")), **FULL})
    browser.post(f"{ASK}check/", hidden(browser.get(f"{ASK}check/")))
    request = Request.objects.get()
    VoiceFactory(request=request, user__name="Joiner Jones")
    stranger = Client()
    stranger.force_login(UserFactory())
    for part in ("", "intake/", "hours/", "opportunities/"):
        answer = stranger.get(f"/products/shift-planner/{part}")
        assert answer.status_code == 200, part
        page_of = answer.content.decode()
        for word in (user.name, "Joiner Jones", request.reference, FULL["goal"]):
            assert word not in page_of, (part, word)
