"""Release notes: who reads which, what becomes of forms sent twice, what is told to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.feeds import purposes
from accounts.models import User
from accounts.selectors.feeds import feed_address, keys_of
from accounts.services.feeds import NoSuchFeed, make_feed_key, revoke_feed_key
from activity.models import Event
from core.versions import Conflict
from portfolio import selectors, services
from portfolio.models import Product, Release
from portfolio.presenters import paragraphs
from portfolio.querysets import ReleaseQuerySet
from portfolio.signals import release_published
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
    ReleaseFactory,
)
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)
FIELDS = {
    "day": TODAY,
    "kind": "improved",
    "title": "Swaps need one click less",
    "text": "Ask, and the other one says yes.",
    "audience": "everyone",
}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product() -> Product:
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def dana(product: Product) -> User:
    """Its manager."""
    return MembershipFactory(product=product, role="manager", user__name="Dana").user


def url(name: str, *args: Any) -> str:
    return reverse(f"portfolio:{name}", args=["shift-planner", *args])


def readable(user: User) -> list[str]:
    notes: ReleaseQuerySet = Release.objects.readable_by(user, TODAY)
    return sorted(notes.values_list("title", flat=True))


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


# Who reads what


def test_a_note_is_read_by_whoever_sees_its_product(product: Product, dana: User) -> None:
    hidden = ProductFactory(visibility="team")
    for of, name in ((product, "open"), (hidden, "hidden")):
        ReleaseFactory(product=of, title=f"{name}: out")
        ReleaseFactory(product=of, title=f"{name}: today", day=TODAY)
        ReleaseFactory(product=of, title=f"{name}: tomorrow", day=TODAY + DAY)
        ReleaseFactory(product=of, title=f"{name}: draft", published_at=None)
        ReleaseFactory(product=of, title=f"{name}: team", audience="team")
    out = ["open: out", "open: today"]
    every = sorted([*out, "open: draft", "open: team", "open: tomorrow"])
    assert readable(PersonFactory()) == out
    assert readable(dana) == every
    assert readable(LeadFactory(portfolio=product.portfolio).user) == every
    assert len(readable(AdministratorFactory())) == 10
    assert readable(PersonFactory(is_active=False)) == []
    assert readable(MembershipFactory(product=hidden).user) == sorted(
        [*out, *(f"hidden: {one}" for one in ("draft", "out", "team", "today", "tomorrow"))]
    )


def test_pages_keep_to_that(client: Client, product: Product, dana: User) -> None:
    notes = {
        "out": ReleaseFactory(product=product, title="Out"),
        "later": ReleaseFactory(product=product, title="Later", day=TODAY + DAY),
        "draft": ReleaseFactory(product=product, title="Draft", published_at=None),
        "team": ReleaseFactory(product=product, title="Ours", audience="team"),
    }
    for person, seen in ((PersonFactory(), {"out"}), (dana, set(notes))):
        client.force_login(person)
        listed = client.get(url("release_list")).content.decode()
        for name, note in notes.items():
            answer = client.get(url("release_detail", note.pk))
            assert answer.status_code == (200 if name in seen else 404)
            assert (f">{note.title}<" in listed) == (name in seen)


def test_a_note_of_another_product_is_not_found_here(
    client: Client, product: Product, dana: User
) -> None:
    other = ReleaseFactory()
    client.force_login(dana)
    for name in ("release_detail", "release_edit", "release_delete"):
        assert client.get(url(name, other.pk)).status_code == 404
    assert client.post(url("release_publish", other.pk)).status_code == 404


# Writing


def test_a_form_sent_twice_makes_one_note(product: Product, dana: User) -> None:
    token = uuid4()
    first, second = (
        services.write_release(product=product, fields=FIELDS, by=dana, now=NOW, token=token)
        for _ in range(2)
    )
    assert first == second == Release.objects.get()
    other = ProductFactory()
    elsewhere = services.write_release(product=other, fields=FIELDS, by=dana, now=NOW, token=token)
    assert elsewhere.product == other
    assert elsewhere.published_at is None


def test_a_slower_change_is_refused(product: Product, dana: User) -> None:
    note = ReleaseFactory(product=product)
    for _ in range(2):  # the same form twice
        after = services.change_release(
            release=note, version=1, fields={"title": "Theirs"}, by=dana, now=NOW
        )
        assert (after.version, after.title) == (2, "Theirs")
    with pytest.raises(Conflict):
        services.change_release(release=note, version=1, fields={"title": "Mine"}, by=dana, now=NOW)
    with pytest.raises(ValueError, match="published_at"):
        services.change_release(
            release=note, version=2, fields={"published_at": NOW}, by=dana, now=NOW
        )


def test_publishing_rings_once_and_can_be_taken_back(product: Product, dana: User) -> None:
    rung: list[int] = []

    def hear(release_id: int, **_: Any) -> None:
        rung.append(release_id)

    note = ReleaseFactory(product=product, published_at=None)
    release_published.connect(hear)
    try:
        for _ in range(2):
            services.publish_release(release=note, by=dana, now=NOW)
        for _ in range(2):
            services.withdraw_release(release=note, by=dana, now=NOW)
        services.publish_release(release=note, by=dana, now=NOW)
    finally:
        release_published.disconnect(hear)
    assert rung == [note.pk, note.pk]
    assert verbs() == ["published", "withdrew", "published"]


@pytest.mark.parametrize(
    "kept_back", [{"audience": "team"}, {"day": TODAY + DAY}, {"published_at": None}]
)
def test_activity_tells_nothing_that_not_everybody_reads(
    product: Product, dana: User, kept_back: dict[str, Any]
) -> None:
    """`What happened lately` stands on a page of everybody who sees the product."""
    note = ReleaseFactory(product=product, **kept_back)
    services.change_release(release=note, version=1, fields={"text": "x"}, by=dana, now=NOW)
    if kept_back != {"published_at": None}:
        services.withdraw_release(release=note, by=dana, now=NOW)
        services.publish_release(release=note, by=dana, now=NOW)
    services.delete_release(release=note, by=dana, now=NOW)
    services.delete_release(release=note, by=dana, now=NOW)
    assert verbs() == []
    assert not Release.objects.exists()


# Pages


def send(client: Client, address: str, **changes: Any) -> Any:
    return client.post(address, {**FIELDS, "day": "2026-11-20", **changes})


def test_write_publish_withdraw(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    answer = send(client, url("release_create"), token=str(uuid4()), then="publish")
    note = Release.objects.get()
    assert answer.headers["Location"] == url("release_detail", note.pk)
    assert (note.title, note.published_at, note.by) == (FIELDS["title"], NOW, dana)
    assert url("release_withdraw", note.pk) in client.get(url("release_detail", note.pk)).text
    client.post(url("release_withdraw", note.pk))
    client.post(url("release_withdraw", note.pk))
    note.refresh_from_db()
    assert note.published_at is None
    assert url("release_publish", note.pk) in client.get(url("release_detail", note.pk)).text
    client.post(url("release_delete", note.pk))
    assert not Release.objects.exists()


def test_what_is_wrong_with_the_form(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    answer = send(client, url("release_create"), title="", day="2030-01-01", kind="party")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"title", "day", "kind"}
    assert FIELDS["text"] in answer.text


def test_a_conflict_keeps_what_was_typed(client: Client, product: Product, dana: User) -> None:
    note = ReleaseFactory(product=product, title="Before")
    Release.objects.update(title="Theirs", version=2)
    client.force_login(dana)
    answer = send(client, url("release_edit", note.pk), title="Mine", version=1)
    assert answer.status_code == 409
    assert "saved now “Theirs”, you typed “Mine”" in answer.text
    assert answer.context["form"]["version"].value() == "2"
    send(client, url("release_edit", note.pk), title="Mine", version=2)
    note.refresh_from_db()
    assert note.title == "Mine"


def test_pages_by_key_and_kind(client: Client, product: Product, dana: User) -> None:
    for n in range(45):
        day = TODAY - dt.timedelta(days=n // 3)  # several of a day
        ReleaseFactory(product=product, title=f"Note {n:02}", day=day, kind="new")
    ReleaseFactory(product=product, title="A win", kind="win")
    client.force_login(PersonFactory())
    seen: list[str] = []
    address = f"{url('release_list')}?kind=new"
    while address:
        answer = client.get(address)
        seen += [line.title for line in answer.context["lines"]]
        older = answer.context["older_url"]
        address = f"{url('release_list')}{older}" if older else ""
    assert len(seen) == len(set(seen)) == 45
    days = dict(Release.objects.values_list("title", "day"))
    assert [days[title] for title in seen] == sorted((days[one] for one in seen), reverse=True)
    wins = client.get(f"{url('release_list')}?kind=win").context["lines"]
    assert [line.title for line in wins] == ["A win"]
    for odd in ("?kind=party", "?after=nonsense"):
        assert len(client.get(url("release_list") + odd).context["lines"]) == 20


def test_swapped_equals_reloaded(client: Client, product: Product, dana: User) -> None:
    ReleaseFactory(product=product, kind="win")
    ReleaseFactory(product=product, kind="fixed")
    client.force_login(dana)
    page = open_page(client, url("release_list"))
    for kind in ("win", "lesson", ""):
        page = send_form(client, page, "#filters", kind=kind)
        assert difference(page, open_page(client, page.url)) == ""


def test_the_product_page_shows_the_last_two(client: Client, product: Product, dana: User) -> None:
    for n in range(4):
        ReleaseFactory(product=product, title=f"Note {n}", day=TODAY - n * DAY)
    ReleaseFactory(product=product, title="Draft", published_at=None, day=TODAY)
    client.force_login(dana)
    page = open_page(client, "/products/shift-planner/")
    section = page.soup.select_one("section[aria-labelledby=news]")
    assert [link.text for link in section.select("li a")] == ["Note 0", "Note 1"]
    then = open_page(client, f"/products/shift-planner/?as_of={TODAY - 3 * DAY}")
    section = then.soup.select_one("section[aria-labelledby=news]")
    assert [link.text for link in section.select("li a")] == ["Note 3"]


@pytest.mark.parametrize("amount", [1, 3])
@pytest.mark.parametrize("page", ["list", "detail", "edit"])
def test_literal_query_counts(
    client: Client,
    product: Product,
    dana: User,
    amount: int,
    page: str,
    django_assert_num_queries: Any,
) -> None:
    notes = [ReleaseFactory(product=product) for _ in range(amount)]
    client.force_login(dana)
    client.get("/profile/")
    more = [] if page == "list" else [notes[0].pk]
    costs = {"list": 6, "detail": 6, "edit": 8}
    with django_assert_num_queries(costs[page]):
        assert client.get(url(f"release_{page}", *more)).status_code == 200


def test_text_is_paragraphs_and_links_and_nothing_else() -> None:
    text = "One <b>bold</b> & www.example.org/?a=1&b=2\n\n<script>x</script> javascript:alert(1)"
    shown = paragraphs(text)
    assert "<b>" not in shown
    assert "<script" not in shown
    assert shown.count("<p>") == 2
    assert shown.count("<a ") == 1
    assert 'href="http' in shown


def test_history_tells_of_notes(product: Product, dana: User) -> None:
    ReleaseFactory(product=product, title="Faster")
    found = selectors.release_changes(product, dana, None, 10)
    assert [(one.what, one.subject) for one in found] == [("added", "release note “Faster”")]


# The feed


ATOM = "{http://www.w3.org/2005/Atom}"


def feed_address_of(user: User, product: Product) -> str:
    key = make_feed_key(purpose=purposes["releases"], by=user, now=NOW, product_id=product.pk)
    return urlsplit(feed_address(key)).path


def test_the_feed_tells_what_everybody_reads(client: Client, product: Product, dana: User) -> None:
    """Not the drafts and the team's own notes, though its owner works on the product."""
    note = ReleaseFactory(product=product, title="Tills & <tags>", text="See www.example.org")
    ReleaseFactory(product=product, title="Older", day=TODAY - 9 * DAY, kind="lesson")
    ReleaseFactory(product=product, title="Draft", published_at=None)
    ReleaseFactory(product=product, title="Tomorrow", day=TODAY + DAY)
    ReleaseFactory(product=product, title="Ours", audience="team")
    answer = client.get(feed_address_of(dana, product))
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Tills & <tags>", "Older"]
    assert entries[0].findtext(f"{ATOM}id") == f"urn:uuid:{note.uid}"
    assert entries[0].findtext(f"{ATOM}updated") == "2026-11-20T12:00:00+00:00"
    assert entries[1].find(f"{ATOM}category").get("term") == "Lesson"
    assert '<a href="http' in entries[0].findtext(f"{ATOM}summary")
    assert feed.findtext(f"{ATOM}id").startswith("urn:uuid:")


def test_the_same_news_are_the_same_bytes(client: Client, product: Product, dana: User) -> None:
    address = feed_address_of(dana, product)
    empty = client.get(address)
    with time_machine.travel(NOW + DAY, tick=False):
        again = client.get(address)
        kept = client.get(address, headers={"If-None-Match": empty.headers["ETag"]})
    assert again.content == empty.content
    assert (kept.status_code, kept.content) == (304, b"")
    ReleaseFactory(product=product)
    news = client.get(address, headers={"If-None-Match": empty.headers["ETag"]})
    assert news.status_code == 200
    Product.objects.update(slug="rota")  # its identity outlives its address
    moved = ET.fromstring(client.get(address).content)
    before = ET.fromstring(news.content)
    assert moved.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")


def test_a_feed_ends_with_the_rights_of_its_owner(client: Client, product: Product) -> None:
    person = PersonFactory()
    address = feed_address_of(person, product)
    assert client.get(address).status_code == 200
    assert client.get(address.replace("/releases/", "/releases/x")).status_code == 404
    Product.objects.update(visibility="team")
    assert client.get(address).status_code == 404
    Product.objects.update(visibility="company")
    key = keys_of(person).get()
    revoke_feed_key(key=key, by=person, now=NOW)
    assert client.get(address).status_code == 404
    other = feed_address_of(person, product)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(other).status_code == 404


def test_nobody_makes_a_feed_of_what_they_can_not_read(product: Product) -> None:
    Product.objects.update(visibility="team")
    with pytest.raises(NoSuchFeed):
        feed_address_of(PersonFactory(), product)
