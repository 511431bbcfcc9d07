"""What readers see and do: at their private addresses, and with an account."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from core.mail import queue_mail
from core.models import MailState, OutboundMail
from digests.models import Reader, Subscription
from digests.selectors.addresses import preferences_url, unsubscribe_url
from digests.services import reading
from digests.services.suppressing import suppress
from stakeholders.models import Person
from tests.factories.accounts import UserFactory
from tests.factories.digests import DUE, MONDAY, DeliveryFactory, SubscriptionFactory
from tests.factories.portfolio import ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

pytestmark = pytest.mark.django_db
PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(DUE, tick=False):
        yield


def path(url: str) -> str:
    return url.removeprefix("http://testserver")


def preferences(person: Person) -> str:
    return path(preferences_url(person.pk, 0))


def text(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").main.get_text(" ").split())


def without_tokens(response) -> str:
    """The page but for what protects our own forms, which differs every time."""
    soup = BeautifulSoup(response.content, "html.parser")
    for hidden in soup.select("[name=csrfmiddlewaretoken], meta[name=csrf-token]"):
        hidden.decompose()
    return str(soup)


def fields(response) -> dict[str, str]:
    """What the form of choices would send as it stands."""
    soup = BeautifulSoup(response.content, "html.parser")
    form = soup.select_one("ul.reading-products").find_parent("form")
    found = {}
    for one in form.select("input, select"):
        if one.name == "select":
            found[one["name"]] = (one.select_one("[selected]") or one.option)["value"]
        elif one["type"] in ("radio", "checkbox"):
            if one.has_attr("checked"):
                found[one["name"]] = one.get("value", "on")
        elif one["name"] != "csrfmiddlewaretoken":
            found[one["name"]] = one.get("value", "")
    return found


def test_the_page_needs_no_account_and_is_kept_by_nobody(client):
    person = SubscriptionFactory(product__name="Shift Planner").person
    response = client.get(preferences(person))
    assert {name: response[name] for name in PRIVATE} == PRIVATE
    assert "Shift Planner" in text(response)
    assert "Monday 7 December 2026" in text(response)
    assert person.name not in response.content.decode()
    assert person.email not in response.content.decode()


def test_saving_as_it_stands_changes_nothing(client):
    person = SubscriptionFactory().person
    PlacementFactory(person=person)
    before = list(Subscription.objects.values())
    response = client.post(preferences(person), fields(client.get(preferences(person))))
    assert response.status_code == 302
    assert list(Subscription.objects.values()) == before
    assert Reader.objects.get().every == 1
    assert "Saved." in text(client.get(response["Location"]))


def test_how_often_which_and_in_which_form(client):
    one, other = SubscriptionFactory(), None
    other = SubscriptionFactory(person=one.person)
    sent = fields(client.get(preferences(one.person))) | {
        "every": "2",
        f"plan_{one.product_id}": "brief",
    }
    del sent[f"read_{other.product_id}"]
    client.post(preferences(one.person), sent)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.plan, one.is_muted) == ("brief", False)
    assert (other.plan, other.is_muted) == ("", True)
    assert Reader.objects.get().every == 2


def test_one_form_for_all(client):
    one = SubscriptionFactory(plan="brief")
    other = SubscriptionFactory(person=one.person)
    sent = fields(client.get(preferences(one.person)))
    client.post(preferences(one.person), sent | {"plan_of_all": "roadmap"})
    assert set(Subscription.objects.values_list("plan", flat=True)) == {"roadmap"}
    client.post(preferences(one.person), sent | {"plan_of_all": ""})
    assert set(Subscription.objects.values_list("plan", flat=True)) == {""}
    assert other.person == one.person


def test_what_came_to_be_read_since_the_form_was_opened_is_left_alone(client):
    one = SubscriptionFactory()
    sent = fields(client.get(preferences(one.person)))
    later = SubscriptionFactory(person=one.person)
    client.post(preferences(one.person), sent)
    later.refresh_from_db()
    assert later.is_muted is False


def test_nobody_reads_by_the_form_what_is_not_theirs(client):
    one, foreign = SubscriptionFactory(), ProductFactory(visibility="team")
    sent = fields(client.get(preferences(one.person)))
    sent |= {f"shown_{foreign.pk}": "True", f"read_{foreign.pk}": "on", f"plan_{foreign.pk}": ""}
    client.post(preferences(one.person), sent)
    assert not Subscription.objects.filter(product=foreign).exists()


def test_nonsense_is_refused_in_words(client):
    person = SubscriptionFactory().person
    sent = fields(client.get(preferences(person))) | {"every": "3"}
    response = client.post(preferences(person), sent)
    assert response.status_code == 422
    assert "There is a problem" in text(response)


def test_unsubscribing_and_back_at_the_page(client):
    person = SubscriptionFactory().person
    response = client.post(preferences(person), {"action": "unsubscribe"}, follow=True)
    assert "You are unsubscribed" in text(response)
    assert Reader.objects.get().unsubscribed_at == DUE
    response = client.post(preferences(person), {"action": "subscribe"}, follow=True)
    assert "You are subscribed again." in text(response)
    assert Reader.objects.get().unsubscribed_at is None


def test_ending_all_addresses_ends_this_one(client):
    person = SubscriptionFactory().person
    response = client.post(preferences(person), {"action": "end"})
    assert response.status_code == 200
    assert "All addresses have ended" in text(response)
    assert "/digest/" not in response.content.decode()
    assert client.get(preferences(person)).status_code == 404


def test_whoever_can_not_be_reached_hears_why(client):
    person = SubscriptionFactory().person
    suppress(address=person.email, why="5.1.1 <secret@mx>", now=DUE)
    said = text(client.get(preferences(person)))
    assert "Mail to your address came back" in said
    assert "secret" not in said


def test_a_wrong_address_is_the_same_404_whatever_is_wrong(client):
    person, gone = SubscriptionFactory().person, PersonFactory(erased_at=DUE)
    ended = preferences(person)
    reading.end_addresses(person=person, now=DUE)
    wrong = [
        ended,
        preferences(gone),
        path(preferences_url(person.pk + 999, 1)),
        f"{path(preferences_url(person.pk, 1))[:-3]}AA/",
        path(unsubscribe_url(person.pk, 1)).replace("unsubscribe", "preferences"),
        "/digest/preferences/x/",
    ]
    found = {
        (response.status_code, without_tokens(response))
        for url in wrong
        for response in [client.get(url)]
    }
    assert len(found) == 1
    assert found.pop()[0] == 404


def test_the_page_of_a_form_asks_for_our_own_form():
    person = SubscriptionFactory().person
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(preferences(person), {"action": "unsubscribe"}).status_code == 403


def test_the_page_is_the_same_on_the_map_and_off_it(client):
    product = ProductFactory(visibility="company", name="Shift Planner")
    chose = SubscriptionFactory(product=product).person
    pages = [client.get(preferences(chose))]
    for involvement, power in ((10, 10), (90, 10)):  # both read the newsletter
        placed = PlacementFactory(product=product, involvement=involvement, power=power).person
        pages.append(client.get(preferences(placed)))
    drawn = {without_tokens(page) for page in pages}
    assert len(drawn) == 1


# --- With an account ----------------------------------------------------------------------------


@pytest.fixture
def user(client):
    user = UserFactory(name="Ada Obi", email="ada@example.org")
    client.force_login(user)
    return user


def test_following_from_the_page_of_a_product(client, user):
    product = ProductFactory(name="Shift Planner", slug="shift-planner", visibility="company")
    assert "Follow" in text(client.get("/products/shift-planner/"))
    for _ in range(2):
        response = client.post("/products/shift-planner/digest/follow/", follow=True)
    assert "Shift Planner is in your weekly digest from now on." in text(response)
    assert "Unfollow" in text(response)
    person = Person.objects.get(user=user)
    assert person.subscriptions.get().product == product
    response = client.post("/products/shift-planner/digest/unfollow/", follow=True)
    assert "Unfollow" not in text(response)
    assert person.subscriptions.get().is_muted


def test_unfollowing_enters_nobody_into_the_directory(client, user):
    ProductFactory(slug="shift-planner", visibility="company")
    client.post("/products/shift-planner/digest/unfollow/")
    assert not Person.objects.exists()


def test_a_follower_who_gets_no_mail_hears_so(client, user):
    person = PersonFactory(user=user)
    reading.unsubscribe(person=person, now=DUE)
    ProductFactory(slug="shift-planner", visibility="company")
    response = client.post("/products/shift-planner/digest/follow/", follow=True)
    assert "No mail comes to you, though" in text(response)


def test_my_digest_of_somebody_who_reads_nothing(client, user):
    said = text(client.get("/profile/digest/"))
    assert "You are a reader of no product yet" in said
    assert not Person.objects.exists()
    assert client.post("/profile/digest/", {"action": "unsubscribe"}).status_code == 200


def got(person: Person, week: dt.date, subject: str = "News", state: str = "sent"):
    mail = queue_mail(
        kind="digest", to=person.email, subject=subject, text="T", html="<p>H</p>", now=DUE
    )
    OutboundMail.objects.filter(pk=mail.pk).update(
        state=state, sent_at=DUE if state == "sent" else None
    )
    return DeliveryFactory(person=person, week=week, state="rendered", mail=mail)


def test_my_digest_tells_what_i_get_and_got(client, user):
    person = PersonFactory(user=user, email="ada@example.org")
    SubscriptionFactory(person=person, product__name="Shift Planner", product__visibility="company")
    mine = got(person, MONDAY - dt.timedelta(days=7), "Three releases")
    got(person, MONDAY, "Not gone yet", state="queued")
    got(PersonFactory(), MONDAY, "For somebody else")
    response = client.get("/profile/digest/")
    said = text(response)
    assert "Shift Planner" in said
    assert "Three releases" in said
    assert "Not gone yet" not in said
    assert "For somebody else" not in said
    assert f'href="/profile/digest/{mine.pk}/"' in response.content.decode()
    sent = fields(response) | {"every": "4"}
    assert "Saved." in client.post("/profile/digest/", sent, follow=True).content.decode()
    assert person.digest_reader.every == 4


def test_a_mail_of_mine_again_and_of_nobody_else(client, user):
    person = PersonFactory(user=user)
    mine, theirs = got(person, MONDAY), got(PersonFactory(), MONDAY)
    unsent = got(person, MONDAY + dt.timedelta(days=7), state=MailState.QUEUED)
    response = client.get(f"/profile/digest/{mine.pk}/")
    assert response.content.decode().strip() == "<p>H</p>"
    assert "sandbox" in response["Content-Security-Policy"]
    for other in (theirs, unsent):
        assert client.get(f"/profile/digest/{other.pk}/").status_code == 404


def test_many_mails_are_paged(client, user):
    person = PersonFactory(user=user)
    for back in range(14):
        got(person, MONDAY - back * dt.timedelta(days=7), f"Mail {back:02}")
    assert "Mail 11" in text(client.get("/profile/digest/"))
    assert "Mail 12" not in text(client.get("/profile/digest/"))
    assert "Mail 12" in text(client.get("/profile/digest/?page=2"))


def test_the_page_takes_as_many_queries_for_ten_products(client, user, django_assert_num_queries):
    person = PersonFactory(user=user)
    for number in range(10):
        SubscriptionFactory(person=person, product__visibility="company")
        got(person, MONDAY - number * dt.timedelta(days=7))
    client.get("/profile/digest/")
    with django_assert_num_queries(17):
        client.get("/profile/digest/")
