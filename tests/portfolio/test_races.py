"""Two people at once: nothing is lost, nothing happens twice."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.audit import acting_as
from portfolio import services
from portfolio.models import Product, ProductSlug
from portfolio.selectors.bulk import Wanted, bulk_plan
from tests.factories.portfolio import NOW, AdministratorFactory, PortfolioFactory, ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25
FIELDS = {"mission": "Mission", "description": "Description", "stage": "growth"}


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; what each gave or raised."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[number] = job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive(), "stuck"
    return results


def kinds(results: Sequence[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_of_two_editors_exactly_one_wins_and_nothing_is_lost() -> None:
    seed = random.Random(32)
    editors = [AdministratorFactory() for _ in range(2)]
    for turn in range(ROUNDS):
        product = ProductFactory()
        chosen = [seed.choice(list(FIELDS)) for _ in editors]
        changes = [
            {name: "growth" if name == "stage" else f"{turn} by {place}"}
            for place, name in enumerate(chosen)
        ]
        changes[1]["name"] = f"Mine {turn}"  # never twice the same change

        def job(
            place: int, product: Product = product, changes: Any = changes
        ) -> Callable[[], Any]:
            def save() -> Product:
                with acting_as(editors[place]):
                    return services.update_product(
                        product_id=product.pk, version=1, fields=changes[place],
                        by=editors[place], now=NOW,
                    )  # fmt: skip

            return save

        results = at_once(job(0), job(1))
        assert kinds(results) == {"Product": 1, "ProductConflict": 1}, results
        winner = next(place for place, one in enumerate(results) if isinstance(one, Product))
        conflict = results[1 - winner]
        assert conflict.who == editors[winner]
        product.refresh_from_db()
        assert product.version == 2
        for name, value in changes[winner].items():
            assert getattr(product, name) == getattr(conflict.theirs, name) == value
        # The loser puts theirs on top, as the conflict page offers.
        after = services.update_product(
            product_id=product.pk, version=conflict.theirs.version, fields=changes[1 - winner],
            by=editors[1 - winner], now=NOW,
        )  # fmt: skip
        for name, value in changes[1 - winner].items():
            assert getattr(after, name) == value


def test_two_posts_at_once_are_one_answer_and_one_conflict_page() -> None:
    users = [AdministratorFactory() for _ in range(2)]
    product = ProductFactory()
    address = reverse("portfolio:product_edit", args=[product.slug])
    sent = {
        "name": product.name, "slug": product.slug, "kind": "product", "stage": "discovery",
        "choice": "optional", "exchange": "none", "visibility": "company",
        "portfolio": product.portfolio_id, "version": 1,
    }  # fmt: skip
    clients = [Client(), Client()]
    for client, user in zip(clients, users, strict=True):
        client.force_login(user)
    posts = [
        lambda client=client, n=n: client.post(address, sent | {"mission": f"By {n}"}).status_code
        for n, client in enumerate(clients)
    ]
    assert sorted(at_once(*posts)) == [302, 409]
    product.refresh_from_db()
    assert product.version == 2
    assert product.mission in ("By 0", "By 1")


def test_a_form_clicked_twelve_times_makes_one_product() -> None:
    user, portfolio, token = AdministratorFactory(), PortfolioFactory(), uuid.uuid4()

    def create() -> int:
        made = services.create_product(
            fields={"name": "Price Desk", "portfolio": portfolio}, by=user, now=NOW, token=token
        )
        return made.pk

    results = at_once(*[create] * 12)
    assert results == [Product.objects.get().pk] * 12


def test_an_address_left_by_one_is_not_taken_by_another() -> None:
    user, portfolio = AdministratorFactory(), PortfolioFactory()
    for turn in range(8):
        slug = f"wanted-{turn}"
        product = ProductFactory(slug=slug, portfolio=portfolio)
        results = at_once(
            lambda product=product, turn=turn: services.update_product(
                product_id=product.pk, version=1, fields={"slug": f"moved-{turn}"}, by=user, now=NOW
            ),
            lambda slug=slug: services.create_product(
                fields={"name": "Other", "slug": slug, "portfolio": portfolio}, by=user, now=NOW
            ),
        )
        assert kinds(results) == {"Product": 1, "AddressTaken": 1}
        assert ProductSlug.objects.get(slug=slug).product == product


def test_equal_names_at_once_get_one_team_each() -> None:
    user = AdministratorFactory()
    results = at_once(*[lambda: services.create_team(name="Rosters", by=user, now=NOW)] * 4)
    assert kinds(results) == {"Team": 1, "NameTaken": 3}


def test_handing_over_both_ways_at_once_ends_with_one_membership_each() -> None:
    one, other, by = AdministratorFactory(), AdministratorFactory(), AdministratorFactory()
    products = [ProductFactory() for _ in range(5)]
    for product in products:
        for person in (one, other):
            services.set_member(product=product, user=person, role="manager", by=by, now=NOW)
    results = at_once(
        lambda: services.hand_over(leaver=one, heir=other, by=by, now=NOW),
        lambda: services.hand_over(leaver=other, heir=one, by=by, now=NOW),
    )
    assert kinds(results) == {"HandedOver": 2}, results
    assert [product.memberships.count() for product in products] == [1] * 5


def test_of_two_changes_of_many_at_once_each_product_gets_one() -> None:
    people = [AdministratorFactory() for _ in range(2)]
    products = ProductFactory.create_batch(20)
    seed = random.Random(7)
    pairs = (("pilot", "growth"), ("mature", "sunset"), ("rollout", "pilot"))
    for turn, stages in enumerate(pairs):
        jobs = []
        for person, stage in zip(people, stages, strict=True):
            wanted = Wanted({"stage": stage})
            some = seed.sample(products, 15)
            plan = bulk_plan(person, [one.pk for one in some], wanted, day=NOW.date())
            seen = {one.product.pk: one.seen for one in plan.changes}
            jobs.append(
                lambda person=person, wanted=wanted, seen=seen: services.apply_bulk(
                    key=uuid.uuid4(), wanted=wanted, seen=seen, by=person, now=NOW
                )
            )
        results = at_once(*jobs)
        assert kinds(results) == {"BulkChange": 2}, (turn, results)
        changed = [set(one.rows.values_list("product_id", flat=True)) for one in results]
        assert not changed[0] & changed[1]
        for done, stage in zip(changed, stages, strict=True):
            assert set(Product.objects.filter(pk__in=done).values_list("stage", flat=True)) <= {
                stage
            }


def test_a_change_of_many_sent_twelve_times_at_once_is_one() -> None:
    person, key = AdministratorFactory(), uuid.uuid4()
    products = ProductFactory.create_batch(5)
    wanted = Wanted({"stage": "growth"})
    plan = bulk_plan(person, [one.pk for one in products], wanted, day=NOW.date())
    seen = {one.product.pk: one.seen for one in plan.changes}
    results = at_once(
        *[lambda: services.apply_bulk(key=key, wanted=wanted, seen=seen, by=person, now=NOW)] * 12
    )
    assert kinds(results) == {"BulkChange": 12}, results
    assert set(Product.objects.values_list("version", flat=True)) == {2}
