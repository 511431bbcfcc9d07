"""The gate over digests bites: a mail that says where somebody stands does not pass."""

from __future__ import annotations

from random import Random

import pytest
from django.db import transaction

from digests.models import Issue
from digests.services import lettering
from portfolio.models import Product
from stakeholders.rules import animal_of
from tests.factories.digests import IssueItemFactory
from tests.security.animal_mails import digest_of
from tests.security.animals import told_words
from tests.security.test_animal_crowd import reader, somebody, told_of_animals

COUNT = 8


def mails(company):
    """The mails of people all over the maps, each with something to tell in every form."""
    random = Random(20261130)
    for number in range(COUNT):
        with transaction.atomic():
            one = somebody(company, number, random)
            person, week = reader(one), company.world.things["open"]["week"]
            for product in Product.objects.filter(placements__person=person):
                issue, _ = Issue.objects.get_or_create(
                    product=product, week=week, defaults={"drafted_at": company.world.now}
                )
                IssueItemFactory(issue=issue, key="status", kind="status", title="It is watched.")
                IssueItemFactory(issue=issue, title="New: Rosters can be copied.")
            yield one, list(digest_of(company, person))
            transaction.set_rollback(True)


def test_it_is_green_without_a_fault(company):
    found = [answer for _, answers in mails(company) for answer in answers]
    assert len([one for one in found if one.what.startswith("digest to")]) == COUNT
    assert [told_of_animals(one) for one in found if told_of_animals(one)] == []


def test_it_bites_when_a_mail_names_the_animal(company, monkeypatch):
    named = lettering.named
    animal = animal_of(20, 80)
    monkeypatch.setattr(lettering, "named", lambda names: f"{named(names)} ({animal})")
    for _, answers in mails(company):
        [mail] = [one for one in answers if one.what.startswith("digest to")]
        assert told_words(mail.text) != []
        assert told_of_animals(mail) != []


@pytest.mark.parametrize("header", ["List-Id", "X-Reader"])
def test_it_bites_when_a_header_names_the_animal(company, monkeypatch, header):
    from digests.services import outcomes

    write_letter = outcomes.write_letter

    def telling(letter, *, now):
        done = write_letter(letter, now=now)
        raw = f"{header}: lion\r\n".encode() + done.raw
        return type(done)(subject=done.subject, raw=raw, words=done.words)

    monkeypatch.setattr(outcomes, "write_letter", telling)
    for _, answers in mails(company):
        [mail] = [one for one in answers if one.what.startswith("digest to")]
        assert told_of_animals(mail) != []
