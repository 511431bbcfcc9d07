"""Who reads which product, in which form; nothing of it says where anybody stands."""

from __future__ import annotations

import datetime as dt

import pytest

from digests.selectors.readers import Follow, following, reader_count, readers_of
from portfolio.enums import Visibility
from stakeholders.rules import Plan
from tests.factories.accounts import UserFactory
from tests.factories.digests import DUE, ProductDigestFactory, ReaderFactory, SubscriptionFactory
from tests.factories.portfolio import LeadFactory, MembershipFactory, ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

pytestmark = pytest.mark.django_db


def reads(person, **options) -> list[Follow]:
    return following([person.pk], DUE, **options).get(person.pk, [])


@pytest.mark.parametrize(
    ("involvement", "power", "set_by_team", "own", "plan"),
    [
        (20, 80, "", "", Plan.BRIEF),
        (80, 80, "", "", Plan.ROADMAP),
        (80, 20, "", "", Plan.NEWSLETTER),
        (20, 20, "", "", Plan.NEWSLETTER),
        (20, 20, "brief", "", Plan.BRIEF),
        (20, 80, "brief", "newsletter", Plan.NEWSLETTER),
        (20, 20, "", "roadmap", Plan.ROADMAP),
    ],
)
def test_the_form_is_ones_own_choice_else_the_teams_plan(
    involvement, power, set_by_team, own, plan
):
    placement = PlacementFactory(involvement=involvement, power=power, plan=set_by_team)
    person, product = placement.person, placement.product
    if own:
        SubscriptionFactory(person=person, product=product, follows=False, plan=own)
    assert reads(person) == [Follow(product.pk, plan, for_team=False)]


def test_whoever_follows_gets_the_newsletter_unless_they_choose():
    one, two = SubscriptionFactory(), SubscriptionFactory(plan="roadmap")
    assert [reads(one.person)[0].plan, reads(two.person)[0].plan] == [Plan.NEWSLETTER, Plan.ROADMAP]


def test_muted_paused_and_put_away_products_are_not_read():
    muted = SubscriptionFactory(is_muted=True)
    PlacementFactory(person=muted.person, product=muted.product)
    paused = PlacementFactory()
    ProductDigestFactory(product=paused.product, is_paused=True)
    links = PlacementFactory()
    ProductDigestFactory(product=links.product, links_only=True)
    archived = PlacementFactory(product__archived_on=DUE.date())
    assert [reads(one.person) for one in (muted, paused, archived)] == [[], [], []]
    assert len(reads(links.person)) == 1
    [found] = reads(muted.person, with_muted=True)
    assert found.is_muted


def test_neither_following_nor_placed_is_not_reading():
    assert reads(SubscriptionFactory(follows=False, plan="brief").person) == []
    assert reads(PersonFactory()) == []


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        (Visibility.COMPANY, "nobody employee member colleague lead administrator deactivated"),
        (Visibility.PORTFOLIO, "member colleague lead administrator"),
        (Visibility.TEAM, "member lead administrator"),
    ],
)
def test_whoever_follows_reads_no_more_than_they_may_see(visibility, expected):
    product = ProductFactory(visibility=visibility)
    users = {name: UserFactory() for name in ("employee", "member", "colleague", "lead")}
    users["administrator"] = UserFactory(role="administrator")
    users["deactivated"] = UserFactory(role="administrator", is_active=False)
    MembershipFactory(product=product, user=users["member"])
    MembershipFactory(product__portfolio=product.portfolio, user=users["colleague"])
    LeadFactory(portfolio=product.portfolio, user=users["lead"])
    people = {name: PersonFactory(user=user) for name, user in users.items()}
    people["nobody"] = PersonFactory()
    for person in people.values():
        SubscriptionFactory(person=person, product=product)
    found = following([person.pk for person in people.values()], DUE)
    assert {name for name, person in people.items() if found.get(person.pk)} == set(
        expected.split()
    )
    team = {
        name for name, person in people.items() if any(f.for_team for f in found.get(person.pk, []))
    }
    assert team == {"member", "lead", "administrator"} & set(expected.split())


def test_a_place_is_told_whatever_the_visibility_and_only_the_team_reads_what_is_its_own():
    product = ProductFactory(visibility=Visibility.TEAM)
    outside, inside = PlacementFactory(product=product), PlacementFactory(product=product)
    user = UserFactory()
    inside.person.user = user
    inside.person.save()
    MembershipFactory(product=product, user=user)
    assert [reads(one.person)[0].for_team for one in (outside, inside)] == [False, True]


def test_as_many_statements_for_one_as_for_forty(django_assert_num_queries):
    product = ProductFactory()

    def people(count):
        made = [PlacementFactory(product=product).person for _ in range(count)]
        for person in made[::2]:
            SubscriptionFactory(person=person)
        return [person.pk for person in made]

    for count in (1, 40):
        ids = people(count)
        with django_assert_num_queries(7):
            assert len(following(ids, DUE)) == count


def test_the_readers_of_a_product_are_those_who_get_its_mail():
    product = ProductFactory()
    placed, follower = (
        PlacementFactory(product=product).person,
        SubscriptionFactory(product=product).person,
    )
    for values in ({"unsubscribed_at": DUE}, {"suppressed_at": DUE}):
        ReaderFactory(person=PlacementFactory(product=product).person, **values)
    SubscriptionFactory(
        person=PlacementFactory(product=product).person, product=product, is_muted=True
    )
    PlacementFactory(product=product, person__erased_at=DUE - dt.timedelta(days=1))
    PlacementFactory(product=product, person__user=UserFactory(is_active=False))
    PlacementFactory()
    assert set(readers_of(product, DUE)) == {placed, follower}
    assert reader_count(product, DUE) == 2
