"""What readers choose; whom nothing goes to any more; two records of one reader; erased ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist

from core import erasing
from core.mail import queue_mail
from core.mentions import Mentions
from core.models import MailState, OutboundMail
from core.signals import mail_bounced
from digests.models import DigestDelivery, Reader, Subscription
from digests.rules.reasons import SUPPRESSED
from digests.selectors.choosing import choices_of, follows, wants_mail
from digests.selectors.letters import letters_for
from digests.selectors.readers import following, readers_of
from digests.services import reading
from digests.services.suppressing import lift_suppression, suppress
from stakeholders.models import Person
from stakeholders.selectors.people import person_of
from stakeholders.services.erasing import erase_person
from stakeholders.services.merges import merge_people, undo_merge
from stakeholders.services.people import person_for
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.digests import (
    DUE,
    MONDAY,
    DeliveryFactory,
    ReaderFactory,
    SubscriptionFactory,
)
from tests.factories.portfolio import ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(DUE, tick=False):
        yield


def written(person: Person, *, state: str = "queued", **values: Any) -> DigestDelivery:
    """A mail of the Monday, as far as it is."""
    mail = queue_mail(
        kind="digest", to=person.email, subject="S", text=values.pop("text", "T"),
        html="<p>H</p>", now=DUE,
    )  # fmt: skip
    leased = DUE + DAY if state == "sending" else None
    OutboundMail.objects.filter(pk=mail.pk).update(
        state=state, sent_at=DUE if state == "sent" else None, leased_until=leased
    )
    mail.refresh_from_db()
    return DeliveryFactory(person=person, state="rendered", mail=mail, **values)


def mail_of(delivery: DigestDelivery) -> OutboundMail:
    return OutboundMail.objects.get(digest_delivery=delivery)


# --- Following and muting -----------------------------------------------------------------------


def test_following_twice_is_following_once():
    person, product = PersonFactory(), ProductFactory()
    for now in (DUE, DUE + DAY):
        reading.follow(person=person, product=product, now=now)
    row = Subscription.objects.get()
    assert (row.follows, row.is_muted, row.since) == (True, False, DUE)


def test_muting_and_back():
    person, product = PersonFactory(), ProductFactory()
    reading.follow(person=person, product=product, now=DUE)
    reading.mute(person=person, product=product, now=DUE)
    assert following([person.pk], DUE) == {}
    reading.unmute(person=person, product=product, now=DUE)
    assert [one.product_id for one in following([person.pk], DUE)[person.pk]] == [product.pk]


def test_muted_looks_the_same_whoever_put_them_on_the_list():
    user, product = UserFactory(), ProductFactory(visibility="company")
    placed, chose = PersonFactory(user=user), PersonFactory(user=UserFactory())
    PlacementFactory(product=product, person=placed, involvement=10, power=10)
    reading.follow(person=chose, product=product, now=DUE)
    for muted in (False, True):
        if muted:
            reading.mute(person=placed, product=product, now=DUE)
            reading.mute(person=chose, product=product, now=DUE)
        one, other = choices_of(placed, DUE), choices_of(chose, DUE)
        assert one.products == other.products
        assert one.next_on == other.next_on
        assert follows(chose.user, product) == (not muted)
        assert not follows(placed.user, product)  # the button tells nothing of a map


def test_a_choice_of_what_is_so_anyway_needs_no_row():
    placement = PlacementFactory()
    reading.unmute(person=placement.person, product=placement.product, now=DUE)
    reading.choose_plan(person=placement.person, product=placement.product, plan="", now=DUE)
    assert not Subscription.objects.exists()


def test_a_form_of_ones_own_and_the_usual_one_again():
    placement = PlacementFactory()  # a lion: an executive brief
    person, product = placement.person, placement.product
    reading.choose_plan(person=person, product=product, plan="newsletter", now=DUE)
    assert choices_of(person, DUE).products[0].plan == "newsletter"
    reading.choose_plan(person=person, product=product, plan="", now=DUE)
    assert choices_of(person, DUE).products[0].plan == "brief"
    with pytest.raises(ValueError, match="telegram"):
        reading.choose_plan(person=person, product=product, plan="telegram", now=DUE)


def test_how_often():
    person = PersonFactory()
    reading.choose_every(person=person, every=4, now=DUE)
    assert Reader.objects.get().every == 4
    with pytest.raises(ValueError, match="3"):
        reading.choose_every(person=person, every=3, now=DUE)


def test_the_next_mail_keeps_its_rhythm():
    person = SubscriptionFactory(person__time_zone="Pacific/Auckland").person
    assert choices_of(person, DUE).next_on == MONDAY + 7 * DAY
    reading.choose_every(person=person, every=2, now=DUE)
    written(person, state="sent")
    assert choices_of(person, DUE).next_on == MONDAY + 14 * DAY
    reading.unsubscribe(person=person, now=DUE)
    assert choices_of(person, DUE).next_on is None


def test_muting_all_takes_back_what_waits_muting_one_does_not():
    one = SubscriptionFactory()
    other = SubscriptionFactory(person=one.person)
    delivery = written(one.person)
    reading.mute(person=one.person, product=one.product, now=DUE)
    assert mail_of(delivery).state == MailState.QUEUED
    reading.mute(person=one.person, product=other.product, now=DUE)
    assert mail_of(delivery).state == MailState.WITHDRAWN


# --- Unsubscribing ------------------------------------------------------------------------------


def test_unsubscribing_wins_over_what_nobody_has_claimed():
    person = PersonFactory()
    waiting = written(person)
    planned = DeliveryFactory(person=person, week=MONDAY + 7 * DAY)
    reading.unsubscribe(person=person, now=DUE)
    assert mail_of(waiting).state == MailState.WITHDRAWN
    planned.refresh_from_db()
    assert (planned.state, planned.reason) == ("suppressed", "They have unsubscribed.")


def test_what_is_sent_stays_sent():
    delivery = written(PersonFactory(), state="sent")
    reading.unsubscribe(person=delivery.person, now=DUE)
    assert mail_of(delivery).state == MailState.SENT


def test_unsubscribing_twice_keeps_the_first_time_and_can_be_taken_back():
    person = PersonFactory()
    reading.unsubscribe(person=person, now=DUE)
    reader = reading.unsubscribe(person=person, now=DUE + DAY)
    assert reader.unsubscribed_at == DUE
    assert reading.subscribe_again(person=person, now=DUE).unsubscribed_at is None


def test_nobody_chooses_for_somebody_who_was_erased():
    person = PersonFactory(erased_at=DUE)
    with pytest.raises(reading.NobodyThere):
        reading.unsubscribe(person=person, now=DUE)
    assert issubclass(reading.NobodyThere, ObjectDoesNotExist)  # a page answers 404
    assert not Reader.objects.exists()


# --- Addresses that refuse ----------------------------------------------------------------------


def test_a_bounce_suppresses_and_takes_back_what_waits():
    person = PersonFactory(email="Ada@example.org")
    delivery = written(person)
    mail_bounced.send(
        OutboundMail, mail_id=1, recipient="ada@example.org", why="5.1.1\r\nUnknown",
        is_complaint=False,
    )  # fmt: skip
    reader = Reader.objects.get(person=person)
    assert reader.suppressed_at == DUE
    assert reader.suppressed_why == "5.1.1 Unknown"
    assert reader.unsubscribed_at is None
    assert mail_of(delivery).state == MailState.WITHDRAWN


def test_the_first_bounce_counts_and_an_administrator_lifts_it():
    person = PersonFactory()
    suppress(address=person.email, why="first", now=DUE)
    suppress(address=person.email, why="second", now=DUE + DAY)
    reader = Reader.objects.get()
    assert (reader.suppressed_at, reader.suppressed_why) == (DUE, "first")
    reading.subscribe_again(person=person, now=DUE)
    assert Reader.objects.get().suppressed_at == DUE
    lift_suppression(person=person, by=AdministratorFactory(), now=DUE)
    reader = Reader.objects.get()
    assert (reader.suppressed_at, reader.suppressed_why) == (None, "")


def test_a_corrected_address_gets_mail_again_and_the_old_one_none():
    person = PersonFactory(email="ada@old.example")
    product = PlacementFactory(person=person).product
    suppress(address="ADA@old.example", why="5.1.1", now=DUE)
    planned = DeliveryFactory(person=person)
    for address, is_told in (
        ("Ada@Old.example", False),
        ("ada@new.example", True),
        ("ada@old.example", False),
    ):
        Person.objects.filter(pk=person.pk).update(email=address)
        person.refresh_from_db()
        (addressed,) = letters_for([planned], DUE).people
        assert (addressed.why_none == SUPPRESSED) is not is_told
        assert (person in readers_of(product, DUE)) is is_told
        assert wants_mail(person) is is_told
        assert (choices_of(person, DUE).next_on is not None) is is_told


def test_a_corrected_address_that_refuses_too_counts_anew():
    person = PersonFactory(email="ada@old.example")
    suppress(address=person.email, why="first", now=DUE)
    Person.objects.filter(pk=person.pk).update(email="ada@new.example")
    suppress(address="ada@new.example", why="second", now=DUE + DAY)
    reader = Reader.objects.get()
    assert reader.is_suppressed
    assert (reader.suppressed_at, reader.suppressed_why) == (DUE + DAY, "second")


def test_whoever_complains_is_unsubscribed_too():
    person = PersonFactory()
    suppress(address=person.email, why="Spam", is_complaint=True, now=DUE)
    lift_suppression(person=person, by=AdministratorFactory(), now=DUE)
    assert Reader.objects.get().unsubscribed_at == DUE


def test_a_bounce_of_nobody_is_nothing():
    assert suppress(address="nobody@example.org", why="?", now=DUE) is None
    assert not Reader.objects.exists()


# --- The directory ------------------------------------------------------------------------------


def test_whoever_follows_comes_into_the_directory_with_name_and_address():
    user = UserFactory(name="Ada Obi", email="ada@example.org")
    assert person_of(user) is None
    person = person_for(user=user, now=DUE)
    assert (person.name, person.email, person.user) == ("Ada Obi", "ada@example.org", user)
    assert person_for(user=user, now=DUE) == person == person_of(user)
    assert Person.objects.count() == 1


def test_whoever_is_there_already_is_not_made_twice():
    user = UserFactory(email="ada@example.org")
    kept, gone = PersonFactory(), PersonFactory(email="ADA@example.org")
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert person_for(user=user, now=DUE) == kept


def test_a_demo_account_makes_a_demo_person():
    assert person_for(user=UserFactory(is_demo=True), now=DUE).is_demo


# --- One human being, two records ---------------------------------------------------------------


def test_the_kept_record_keeps_its_choices_and_takes_those_it_never_made():
    kept, gone = PersonFactory(), PersonFactory()
    both, theirs = ProductFactory(), ProductFactory()
    reading.choose_plan(person=kept, product=both, plan="brief", now=DUE)
    reading.choose_plan(person=gone, product=both, plan="roadmap", now=DUE)
    reading.mute(person=gone, product=theirs, now=DUE)
    reading.choose_every(person=gone, every=4, now=DUE)
    merge = merge_people(kept=kept, gone=gone, by=None, now=DUE)
    found = {row.product: (row.plan, row.is_muted) for row in kept.subscriptions.all()}
    assert found == {both: ("brief", False), theirs: ("", True)}
    assert kept.digest_reader.every == 4
    undo_merge(merge=merge, by=None, now=DUE)
    assert set(gone.subscriptions.values_list("product", flat=True)) == {both.pk, theirs.pk}
    assert Reader.objects.get(person=kept).every == 1


@pytest.mark.parametrize("who", ["kept", "gone"])
def test_unsubscribed_with_either_stays_unsubscribed(who):
    people = {"kept": PersonFactory(), "gone": PersonFactory()}
    ReaderFactory(person=people["kept"])
    reading.unsubscribe(person=people[who], now=DUE)
    merge = merge_people(**people, by=None, now=DUE)
    assert Reader.objects.get(person=people["kept"]).unsubscribed_at == DUE
    undo_merge(merge=merge, by=None, now=DUE)
    after = Reader.objects.get(person=people["kept"]).unsubscribed_at
    assert after == (DUE if who == "kept" else None)


def test_what_was_chosen_since_outlives_an_undo():
    kept, gone = PersonFactory(), ReaderFactory(unsubscribed_at=DUE, every=2).person
    merge = merge_people(kept=kept, gone=gone, by=None, now=DUE)
    reading.subscribe_again(person=kept, now=DUE)
    reading.unsubscribe(person=gone, now=DUE + DAY)  # by an old address: it counts for both
    reading.choose_every(person=kept, every=4, now=DUE)
    undo_merge(merge=merge, by=None, now=DUE)
    own = Reader.objects.get(person=kept)
    assert (own.unsubscribed_at, own.every) == (DUE + DAY, 4)


def test_a_refused_address_stays_with_its_record():
    kept, gone = PersonFactory(), PersonFactory()
    suppress(address=gone.email, why="5.1.1", now=DUE)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert Reader.objects.get(person=kept).suppressed_at is None


def test_mails_go_over_where_the_kept_record_has_none_of_that_week():
    kept, gone = PersonFactory(), PersonFactory()
    old = written(gone, state="sent", week=MONDAY - 7 * DAY)
    planned = DeliveryFactory(person=gone)
    merge = merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert set(kept.deliveries.all()) == {old, planned}
    undo_merge(merge=merge, by=None, now=DUE)
    assert set(gone.deliveries.all()) == {old, planned}


def test_both_with_a_mail_of_the_week_get_one():
    kept, gone = PersonFactory(), PersonFactory()
    own, theirs = written(kept), written(gone)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert mail_of(own).state == MailState.QUEUED
    assert mail_of(theirs).state == MailState.WITHDRAWN


def test_where_the_other_one_is_out_the_kept_one_is_the_second():
    kept, gone = PersonFactory(), PersonFactory()
    own, theirs = written(kept), written(gone, state="sent")
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert mail_of(own).state == MailState.WITHDRAWN
    assert mail_of(theirs).state == MailState.SENT


def test_weeks_gone_by_take_nothing_back():
    kept, gone = PersonFactory(), PersonFactory()
    for person in (kept, gone):
        written(person, state="sent", week=MONDAY - 7 * DAY)
    own = written(kept)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert mail_of(own).state == MailState.QUEUED


# --- Erasing ------------------------------------------------------------------------------------


def test_erasing_a_reader_leaves_no_mail_and_no_words_of_them():
    person = PersonFactory(name="Quetz Xochi", email="quetz@canary.example")
    delivery = written(person, state="sent")
    planned = written(person, week=MONDAY + 7 * DAY)
    suppress(address=person.email, why="quetz@canary.example is unknown", now=DUE)
    erase_person(person=person, by=AdministratorFactory(), now=DUE)
    delivery.refresh_from_db()
    planned.refresh_from_db()
    assert (delivery.state, delivery.mail) == ("rendered", None)
    assert planned.mail is None
    reader = Reader.objects.get(person=person)
    assert (reader.suppressed_why, reader.suppressed_address) == ("", "")
    assert not OutboundMail.objects.exists()


def test_nobody_else_loses_their_mail():
    other = written(PersonFactory(), text="Ask Quetz Xochi.")
    sent = written(PersonFactory(), state="sent", text="Ask Quetz Xochi.")
    own = written(PersonFactory(erased_at=DUE), text="Ask Quetz Xochi.")
    erasing.forget_mail(Mentions.of({"Quetz Xochi"}, []))
    for delivery in (other, sent, own):
        delivery.refresh_from_db()
        assert delivery.mail is None
    assert (other.state, sent.state, own.state) == ("planned", "rendered", "suppressed")
