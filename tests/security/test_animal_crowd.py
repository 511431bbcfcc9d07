"""Two hundred generated people, in every way in which Homegrown may know that somebody is on a map:
none of them finds a word about themself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
from django.db import transaction

from accounts.models import User
from stakeholders.enums import ContactKind, Mood, Outcome, OwedContact, Plan
from stakeholders.models import Move, Person, Placement, Snooze, Touchpoint
from stakeholders.services.merges import merge_people
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.portfolio import LeadFactory, MembershipFactory
from tests.factories.stakeholders import PersonFactory
from tests.security import animals
from tests.security.animal_company import CANARY, PRODUCTS, Company, canary
from tests.security.animal_mails import digest_of
from tests.security.animal_words import told_words
from tests.security.animals import Artefact, Ask, map_file
from tests.world import QuickClient

PEOPLE, AT_A_TIME, FIRST = 200, 20, 100
ACCESS = ("nothing", "contributor", "granted", "manager", "lead", "administrator")
# How the account and the record of a person belong together.
LINKS = ("account", "address in other letters", "merged into it", "it was merged")
PATHS = (
    "/products/product-{0}/map/", "/products/product-{0}/map/history/",
    "/products/product-{0}/map/file/", "/products/product-{0}/delete/",
)  # fmt: skip
EVERYWHERE = ("/stakeholders/", "/stakeholders/today/", "/stakeholders/people.csv",
              "/profile/digest/")  # fmt: skip


@dataclass
class Somebody:
    number: int
    user: User
    access: str
    link: str
    person: Person
    places: dict[str, tuple[int, int]]


def somebody(company: Company, number: int, random: Random) -> Somebody:
    access, link = ACCESS[number % len(ACCESS)], LINKS[number // len(ACCESS) % len(LINKS)]
    address = f"somebody{number}@example.org"
    person = PersonFactory(name=f"Somebody {number}", email=f"record-{address}")
    if link in ("account", "address in other letters"):
        Person.objects.filter(pk=person.pk).update(email=address.title())
    role = "administrator" if access == "administrator" else "employee"
    name = f"Somebody {number}"
    user = UserFactory(name=name, email=address, role=role, password=PASSWORD)
    if link == "address in other letters":
        Person.objects.filter(pk=person.pk).update(user=None)
    on_map = random.sample(PRODUCTS, random.randint(1, len(PRODUCTS)))
    give_access(company, user, access, on_map[0])
    places = {name: place(company, number, person, name, random) for name in on_map}
    if "merged" in link:
        merge(company, person, address, number, is_kept=link == "merged into it")
    return Somebody(number, user, access, link, person, places)


def give_access(company: Company, user: User, access: str, name: str) -> None:
    product = company.world.products[name]
    if access in ("contributor", "granted", "manager"):
        role = "manager" if access == "manager" else "contributor"
        MembershipFactory(
            user=user, product=product, role=role, stakeholder_grant=access == "granted"
        )
    if access == "lead":
        LeadFactory(user=user, portfolio=product.portfolio)


def place(company: Company, number: int, person: Person, name: str, random: Random):
    """Rows as the services would have left them, with notes and plans at random."""
    product, today = company.world.products[name], company.world.now.date()
    involvement, power = random.randint(0, 100), random.randint(0, 100)
    at = company.world.now - dt.timedelta(days=random.randint(1, 300))

    def words(field: str) -> str:
        return f"{canary(FIRST + number, PRODUCTS.index(name), field)} {random.random()}"

    spot = {"product": product, "person": person}
    Placement.objects.create(
        **spot, involvement=involvement, power=power, note=words("Placement.note"),
        is_pinned=True, pin_reason=words("Placement.pin_reason"), plan=random.choice(Plan.values),
        contact=random.choice(OwedContact.values), every=random.randint(1, 60),
        plan_reason=words("Placement.plan_reason"), since=at.date(), reviewed_on=at.date(),
    )  # fmt: skip
    Move.objects.create(**spot, kind="placed", involvement=involvement, power=power, at=at,
                        why=words("Move.why"))  # fmt: skip
    for _ in range(random.randint(0, 3)):
        Touchpoint.objects.create(
            **spot, kind=random.choice(ContactKind.values), note=words("Touchpoint.note"),
            day=today - dt.timedelta(days=random.randint(0, 200)),
            mood=random.choice(Mood.values), outcome=random.choice(["", *Outcome.values]),
            created_at=at,
        )  # fmt: skip
    if random.random() < 0.3:
        Snooze.objects.create(**spot, from_day=today, until_day=today + dt.timedelta(days=5),
                              reason=words("Snooze.reason"))  # fmt: skip
    return involvement, power


def merge(company: Company, person: Person, address: str, number: int, *, is_kept: bool) -> None:
    """The record on the maps and the one with the account's address become one."""
    own = Person.objects.create(
        name=f"Somebody {number}", email=address.upper(),
        created_at=company.world.now, updated_at=company.world.now,
    )  # fmt: skip
    kept, gone = (person, own) if is_kept else (own, person)
    merge_people(kept=kept, gone=gone, by=company.keeper, now=company.world.now)


def told(one: Somebody, text: str) -> list[str]:
    return [
        found.group()
        for found in CANARY.finditer(text.casefold())
        if int(found[1]) == FIRST + one.number
    ]


def reader(one: Somebody) -> Person:
    """The record that gets the mail."""
    person = Person.objects.get(pk=one.person.pk)
    return person.merged_into or person


def told_of_animals(answer: Artefact) -> list[str]:
    """In what a reader gets no animal and no zone is named, whoever else is on a map."""
    is_of_digest = answer.ask is None or answer.ask.route.startswith("digests:")
    return told_words(answer.settled) if is_of_digest and "the log" not in answer.what else []


def asked(one: Somebody) -> list[Ask]:
    """What has to do with places, of those maps that they are on."""
    first = next(iter(one.places))  # the one that their access is to
    urls = [path.format(first) for path in PATHS]
    urls += [*EVERYWHERE, f"/stakeholders/people/{one.person.pk}/"]
    if one.access == "administrator":
        urls += [f"/stakeholders/people/{one.person.pk}/erase/", "/stakeholders/reads/"]
    return [*map(Ask, urls), *map(map_file, one.places)]


def test_two_hundred_people_find_nothing_about_themselves(company):
    """A few at a time, so that no map is fuller than in life."""
    random, hits, counted, shown = Random(20261122), [], 0, 0
    for start in range(0, PEOPLE, AT_A_TIME):
        with transaction.atomic():
            crowd = [somebody(company, start + one, random) for one in range(AT_A_TIME)]
            for one in crowd:
                for answer in (*got(one), *digest_of(company, reader(one))):
                    counted += 1
                    shown += CANARY.search(answer.text) is not None
                    assert answer.status < 500, answer.what
                    words = [*told(one, answer.text), *told_of_animals(answer)]
                    hits += [f"{one.link}, {one.access}: {answer.what}: {word}" for word in words]
            transaction.set_rollback(True)
    print(
        f"{PEOPLE} people, {counted} artefacts, {shown} with canaries of others, {len(hits)} hits"
    )
    assert hits == []
    assert shown > PEOPLE


def got(one: Somebody) -> Iterator[Artefact]:
    client = QuickClient()
    client.force_login(one.user)
    with animals.log_lines() as lines:
        yield from (animals.get(client, ask) for ask in asked(one))
    yield from (animals.log_of(stream) for stream in lines)


@pytest.mark.parametrize("link", LINKS)
def test_it_bites_when_one_way_of_being_somebody_is_forgotten(company, monkeypatch, link):
    """Negative control: without the sentence about oneself each of the four would find it."""
    from stakeholders import querysets

    number = ACCESS.index("administrator") + LINKS.index(link) * len(ACCESS)
    one = somebody(company, number, Random(1))
    assert (one.link, one.access) == (link, "administrator")
    client = QuickClient()
    client.force_login(one.user)
    csv = map_file(next(iter(one.places)))
    assert told(one, animals.get(client, csv).text) == []

    def careless(rows, user):
        return rows.filter(product__in=querysets.with_map(user).order_by().values("pk"))

    monkeypatch.setattr("stakeholders.querysets.seen", careless)
    assert told(one, animals.get(client, csv).text) != []
