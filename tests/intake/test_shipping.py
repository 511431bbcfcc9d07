"""What a release solves is told to everybody behind it, once, however often it runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import OutboundMail
from intake import tasks
from intake.enums import StepKind
from intake.models import Notice, Opportunity, ReleasedOpportunity, Request, RequestStep
from intake.selectors.follow_page import following
from intake.selectors.shipping import releases_of_opportunity, solvable, untold
from intake.services.shipping import set_solved, ship_due, ship_opportunity
from portfolio.models import Product, Release
from portfolio.services import change_release, delete_release, publish_release, withdraw_release
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory, ReleaseFactory
from tests.portfolio.test_races import at_once

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product() -> Product:
    return ProductFactory(slug="shift-planner")


@pytest.fixture
def dana(product: Product) -> User:
    return MembershipFactory(product=product, role="manager").user


@pytest.fixture
def opportunity(product: Product) -> Opportunity:
    return OpportunityFactory(product=product, decision="next", decision_reason="Many wait.")


@pytest.fixture
def wish(product: Product, opportunity: Opportunity) -> Request:
    return wished(opportunity)


def wished(opportunity: Opportunity, **fields: Any) -> Request:
    """A request that is part of the opportunity, with somebody behind it."""
    values = {"problem": "People plan twice.", "status": "decided", **fields}
    request = RequestFactory(product=opportunity.product, **values)
    VoiceFactory(request=request)
    RequestLinkFactory(request=request, opportunity=opportunity)
    return request


def note(product: Product, **fields: Any) -> Release:
    return ReleaseFactory(product=product, **{"published_at": None, "day": TODAY, **fields})


def solve(release: Release, *solved: Opportunity, as_asked: tuple[Opportunity, ...] = ()) -> bool:
    answers = {"solves": [one.pk for one in solved], "as_asked": [one.pk for one in as_asked]}
    return set_solved(release=release, answers=answers, by=None, now=NOW)


def told() -> list[tuple[int, int]]:
    steps = RequestStep.objects.filter(kind=StepKind.SHIPPED).order_by("pk")
    return list(steps.values_list("request_id", "opportunity_id"))


def test_link_first_then_publish(
    product: Product, opportunity: Opportunity, wish: Request, dana: User
) -> None:
    release = note(product)
    assert solve(release, opportunity)
    assert ship_due(now=NOW) == 0
    publish_release(release=release, by=dana, now=NOW)
    assert [ship_due(now=NOW) for _ in range(3)] == [1, 0, 0]
    assert told() == [(wish.pk, opportunity.pk)]
    opportunity.refresh_from_db()
    wish.refresh_from_db()
    assert (opportunity.shipped_at, opportunity.built_as_asked) == (NOW, False)
    assert (wish.status, wish.outcome) == ("closed", "shipped")
    assert RequestStep.objects.get(kind="shipped").text == release.title


def test_publish_first_then_link(product: Product, opportunity: Opportunity, wish: Request) -> None:
    release = note(product, published_at=NOW)
    assert ship_due(now=NOW) == 0
    solve(release, as_asked=(opportunity,))
    assert ship_due(now=NOW) == 1
    assert told() == [(wish.pk, opportunity.pk)]
    opportunity.refresh_from_db()
    assert opportunity.built_as_asked


def test_a_note_waits_for_its_day(
    product: Product, opportunity: Opportunity, wish: Request
) -> None:
    solve(note(product, published_at=NOW, day=TODAY + DAY), opportunity)
    assert ship_due(now=NOW) == 0
    assert ship_due(now=NOW + DAY) == 1


def test_withdrawn_before_anybody_was_told(
    product: Product, opportunity: Opportunity, wish: Request, dana: User
) -> None:
    release = note(product, published_at=NOW)
    solve(release, opportunity)
    waiting = untold(TODAY)
    withdraw_release(release=release, by=dana, now=NOW)
    assert not ship_opportunity(link_id=waiting[0], now=NOW)
    assert ship_due(now=NOW) == 0
    assert told() == []
    assert Opportunity.objects.get().shipped_at is None
    publish_release(release=release, by=dana, now=NOW)
    assert ship_due(now=NOW) == 1


def test_withdrawn_and_published_again_tells_nobody_twice(
    product: Product, opportunity: Opportunity, wish: Request, dana: User
) -> None:
    release = note(product, published_at=NOW)
    solve(release, opportunity)
    ship_due(now=NOW)
    withdraw_release(release=release, by=dana, now=NOW)
    publish_release(release=release, by=dana, now=NOW)
    solve(note(product, published_at=NOW), opportunity)  # a second note about the same
    ship_due(now=NOW + DAY)
    assert told() == [(wish.pk, opportunity.pk)]
    assert Opportunity.objects.get().shipped_at == NOW
    assert not ReleasedOpportunity.objects.filter(told_at=None).exists()


def test_who_is_behind(product: Product, opportunity: Opportunity, wish: Request) -> None:
    """The withdrawn have nobody, duplicates hear it by the kept one, the answered are told too."""
    wished(opportunity, status="closed", outcome="withdrawn")
    wished(opportunity, status="closed", outcome="duplicate", duplicate_of=wish)
    answered = wished(opportunity, status="closed", outcome="answered")
    second = wished(opportunity)
    wished(OpportunityFactory(product=product))
    solve(note(product, published_at=NOW), opportunity)
    ship_due(now=NOW)
    assert told() == [(one.pk, opportunity.pk) for one in (wish, answered, second)]
    answered.refresh_from_db()
    assert answered.outcome == "answered"


def test_a_duplicate_hears_what_the_kept_one_is_no_part_of(
    product: Product, opportunity: Opportunity
) -> None:
    kept = wished(OpportunityFactory(product=product))
    twin = wished(opportunity, status="closed", outcome="duplicate", duplicate_of=kept)
    release = note(product, published_at=NOW)
    solve(release, opportunity)
    ship_due(now=NOW)
    assert told() == [(twin.pk, opportunity.pk)]
    assert Notice.objects.get().voice == twin.voices.get()
    page = following(twin, voice=twin.voices.get(), viewer=None, is_team=False, today=TODAY)
    kept_abouts = [one.opportunity for one in page.abouts if not one.releases]
    assert [one.releases for one in page.abouts if one.opportunity == opportunity] == [[release]]
    assert kept_abouts == [kept.links.get().opportunity]


def test_a_person_is_told_once_whatever_they_asked(
    product: Product, opportunity: Opportunity, wish: Request
) -> None:
    """Eva asked twice and joined a third; Ana joined one. Each has one notice in one mail."""
    eva, ana = UserFactory(email="eva@example.org"), UserFactory(email="ana@example.org")
    for request in (wish, wished(opportunity), wished(opportunity)):
        VoiceFactory(request=request, user=eva, kind="joiner")
    VoiceFactory(request=wish, user=ana, kind="joiner")
    release = note(product, published_at=NOW)
    solve(release, opportunity)
    ship_due(now=NOW)
    ship_due(now=NOW)
    for recipient in ("eva@example.org", "ana@example.org"):
        assert Notice.objects.filter(news__recipient=recipient).count() == 1
        assert OutboundMail.objects.filter(recipient=recipient).count() == 1


def test_a_request_of_two_opportunities_hears_of_each(
    product: Product, opportunity: Opportunity, wish: Request
) -> None:
    other = OpportunityFactory(product=product, decision="next", decision_reason="Soon.")
    RequestLinkFactory(request=wish, opportunity=other)
    release = note(product, published_at=NOW)
    solve(release, opportunity)
    ship_due(now=NOW)
    wish.refresh_from_db()
    assert wish.status == "decided"
    solve(release, opportunity, other)
    ship_due(now=NOW)
    wish.refresh_from_db()
    assert told() == [(wish.pk, opportunity.pk), (wish.pk, other.pk)]
    assert (wish.status, wish.outcome) == ("closed", "shipped")


def test_told_stays_told_but_how_it_was_built_can_be_put_right(
    product: Product, opportunity: Opportunity, wish: Request
) -> None:
    release = note(product, published_at=NOW)
    solve(release, opportunity)
    ship_due(now=NOW)
    assert not solve(release)
    assert release.opportunities.count() == 1
    for as_asked in ((opportunity,), ()):
        assert solve(release, as_asked=as_asked)
        assert Opportunity.objects.get().built_as_asked == bool(as_asked)


def test_only_opportunities_of_the_product_that_are_there(
    product: Product, opportunity: Opportunity
) -> None:
    merged = OpportunityFactory(product=product, merged_into=opportunity)
    no = OpportunityFactory(product=product, decision="no", decision_reason="Rare.")
    other, release = OpportunityFactory(), note(product)
    assert [one.pk for one in solvable(product)] == [opportunity.pk]
    solve(release, opportunity, merged, other, no)
    assert set(release.opportunities.values_list("opportunity", flat=True)) == {
        opportunity.pk,
        no.pk,
    }
    assert solve(release, no)
    assert [one.opportunity for one in release.opportunities.all()] == [no]


def test_a_release_deleted_before_it_ships(
    product: Product, opportunity: Opportunity, wish: Request, dana: User
) -> None:
    release = note(product, published_at=NOW)
    solve(release, opportunity)
    waiting = untold(TODAY)
    delete_release(release=release, by=dana, now=NOW)
    assert not ship_opportunity(link_id=waiting[0], now=NOW)
    assert told() == []


def test_readers_see_releases_that_are_out(product: Product, opportunity: Opportunity) -> None:
    draft, out = note(product), note(product, published_at=NOW)
    for one in (draft, out):
        solve(one, opportunity)
    assert releases_of_opportunity(opportunity, TODAY, for_team=False) == [out]
    assert releases_of_opportunity(opportunity, TODAY, for_team=True) == [out, draft]


@pytest.mark.django_db(transaction=True)
def test_at_once(product: Product, opportunity: Opportunity, wish: Request) -> None:
    """Twelve ticks, two notes about one opportunity: one step a request."""
    second = wished(opportunity)
    for _ in range(2):
        solve(note(product, published_at=NOW), opportunity)
    results = at_once(*[partial(ship_due, now=NOW)] * 12)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert sum(results) == 2
    assert told() == [(wish.pk, opportunity.pk), (second.pk, opportunity.pk)]


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_it_ships(product: Product, opportunity: Opportunity, dana: User) -> None:
    """Either it was told or it was withdrawn first; never told of a draft without a trace."""
    wish = wished(opportunity)
    for _ in range(5):
        RequestStep.objects.all().delete()
        ReleasedOpportunity.objects.all().delete()
        release = note(product, published_at=NOW)
        solve(release, opportunity)
        results = at_once(
            partial(ship_due, now=NOW),
            partial(withdraw_release, release=release, by=dana, now=NOW),
        )
        assert not [one for one in results if isinstance(one, Exception)]
        link = ReleasedOpportunity.objects.get()
        assert (link.told_at is not None) == (results[0] == 1) == (told() == [(wish.pk,
                                                                   opportunity.pk)])  # fmt: skip


def test_the_bell_is_rung_and_the_clock_heals(
    product: Product, opportunity: Opportunity, wish: Request, dana: User, monkeypatch: Any
) -> None:
    rung: list[Any] = []
    monkeypatch.setattr("intake.receivers.nudge", rung.append)
    release = note(product)
    publish_release(release=release, by=dana, now=NOW)
    change_release(
        release=release,
        version=2,
        fields={},
        extras={"solved": {"solves": [opportunity.pk]}},
        by=dana,
        now=NOW,
    )
    assert rung == [tasks.ship_releases] * 2
    for _ in range(2):
        tasks.ship_releases()
    assert told() == [(wish.pk, opportunity.pk)]


def test_by_the_form(
    client: Client, product: Product, opportunity: Opportunity, wish: Request, dana: User
) -> None:
    client.force_login(dana)
    answer = client.post(
        reverse("portfolio:release_create", args=[product.slug]),
        {
            "token": str(uuid4()),
            "then": "publish",
            "day": TODAY.isoformat(),
            "kind": "new",
            "title": "Rosters stand a week ahead",
            "audience": "everyone",
            "solved_solves": [str(opportunity.pk)],
            "solved_as_asked": [str(opportunity.pk)],
        },
    )
    assert answer.status_code == 302
    assert ship_due(now=NOW) == 1
    assert Opportunity.objects.get().built_as_asked
    page = client.get(answer.headers["Location"]).text
    assert opportunity.problem in page
    form = client.get(f"{answer.headers['Location']}edit/").context["form"]
    assert "solved_solves" not in form.fields
    assert form["solved_as_asked"].initial == [opportunity.pk]
