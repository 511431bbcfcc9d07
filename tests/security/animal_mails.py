"""What reaches people by other ways than pages, as sources of the gate of the animal: mails, their
calendar entries, and the feeds that programs read for somebody.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Iterator

from django.core import mail
from django.db import transaction

from accounts.feeds import purposes
from accounts.models import User
from accounts.selectors.feeds import feed_address
from accounts.services.feeds import make_feed_key
from core.calendars import CANCEL, REQUEST
from core.models import OutboundMail, ScheduleSlot
from digests.models import Issue
from digests.rules.weeks import Week
from digests.selectors.addresses import preferences_url, unsubscribe_url, web_url
from digests.selectors.undrafted import JOB as DRAFTING
from digests.services.writing import write_due
from intake.enums import StepKind
from intake.models import Booking, Opportunity, Voice, WaitingPlace
from intake.services import booking_mail, session_mail
from intake.services.batches import write_batch
from intake.services.reminders import send_reminders
from intake.services.steps import record_step
from stakeholders.models import Person
from tests.factories.digests import DeliveryFactory, IssueItemFactory
from tests.security.animal_company import Company
from tests.security.animals import Artefact, Ask, get, source
from tests.world import QuickClient


def user_of(company: Company, role: str) -> User | None:
    """The person with this role; None: whoever has not signed in."""
    return company.actors[role].user if role in company.actors else None


@source("mails")
def mails(company: Company, role: str) -> Iterator[Artefact]:
    """Every mail that went to them, as its bytes and taken apart."""
    user = user_of(company, role)
    if user is None:
        return
    raws = [bytes(row.raw) for row in OutboundMail.objects.filter(recipient__iexact=user.email)]
    raws += [m.message().as_bytes() for m in getattr(mail, "outbox", []) if user.email in m.to]
    for raw in raws:
        yield Artefact(f"a mail to {user.email}", opened(raw))


def opened(raw: bytes) -> str:
    """The bytes of a mail, and each of its headers and parts decoded."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [raw.decode(errors="replace"), *(f"{k}: {v}" for k, v in message.items())]
    for part in message.walk():
        parts += [f"{k}: {v}" for k, v in part.items()]
        content = part.get_payload(decode=True)
        parts.append(content.decode(errors="replace") if isinstance(content, bytes) else "")
    return "\n".join(parts)


@source("news")
def news(company: Company, role: str) -> Iterator[Artefact]:
    """The mail of a day about what became of everything that somebody asked for, whoever wrote it
    and however it ended; and that of a guest.
    """
    user = user_of(company, role)
    own = Voice.objects.filter(user=user) if user else Voice.objects.filter(user=None)
    with transaction.atomic():
        for voice in own.select_related("request"):
            for kind in StepKind:
                record_step(
                    request=voice.request, kind=kind, by=None, now=company.world.now,
                    text="Said", opportunity=Opportunity.objects.first(),
                )  # fmt: skip
        rows = list(OutboundMail.objects.filter(kind="intake.news"))
        transaction.set_rollback(True)
    for row in rows:
        yield Artefact(f"news to {row.recipient}", opened(bytes(row.raw)))


@source("office hours")
def office_hours(company: Company, role: str) -> Iterator[Artefact]:
    """Every mail about a place of theirs, with its calendar entry; for nobody, those of guests."""
    now, own = company.world.now, {"user": user_of(company, role)}
    related = ("session__product", "session__host", "slot", "user", "request")
    with transaction.atomic():
        bookings = list(Booking.objects.filter(**own).select_related(*related))
        waiting = list(WaitingPlace.objects.filter(**own).select_related("session", "user"))
        for booking in bookings:
            for kind in ("booked", "moved", "offered", "reminder", "cancelled"):
                booking_mail.tell(booking, kind, now=now)
            for method in (REQUEST, CANCEL):
                session_mail.tell_of_change(booking, method=method, now=now)
            session_mail.tell_of_cancelling(
                booking.session, bookings=[booking], waiting=[], now=now
            )
        for place in waiting:
            session_mail.tell_of_cancelling(place.session, bookings=[], waiting=[place], now=now)
        send_reminders(now=now + dt.timedelta(days=2, hours=2))
        rows = written("intake.booking_", "intake.session_")
        transaction.set_rollback(True)
    yield from rows


@source("inbox mails")
def inbox_mails(company: Company, role: str) -> Iterator[Artefact]:
    """The mail at somebody's own time about what came into their inbox."""
    user = user_of(company, role)
    if user is None:
        return
    with transaction.atomic():
        write_batch(user_id=user.pk, slot_start=company.world.now, now=company.world.now)
        rows = written("intake.inbox")
        transaction.set_rollback(True)
    yield from rows


def written(*kinds: str) -> list[Artefact]:
    """The mails of these kinds that wait to be sent."""
    rows = OutboundMail.objects.all()
    return [
        Artefact(f"{row.kind} to {row.recipient}", opened(bytes(row.raw)))
        for row in rows
        if row.kind.startswith(kinds)
    ]


@source("feeds")
def feeds(company: Company, role: str) -> Iterator[Artefact]:
    """What a program reads for somebody: each feed of each product, without a session."""
    user = user_of(company, role)
    if user is None:
        return
    client = QuickClient()
    with transaction.atomic():
        for purpose in purposes:
            ids = [one.pk for one in company.world.products.values()]
            names = purpose.product_names
            for product_id in names(user, ids) if names else (None,):
                key = make_feed_key(
                    purpose=purpose, by=user, now=company.world.now, product_id=product_id
                )
                address = feed_address(key)
                yield get(client, Ask(address[address.index("/feeds/") :]))
        transaction.set_rollback(True)


@source("digests")
def digests(company: Company, role: str) -> Iterator[Artefact]:
    """The weekly mail, its web copy, and the pages that its addresses open without a session."""
    placed = company.actors.get(role)
    if placed is None:
        return
    with transaction.atomic():
        found = list(digest_of(company, placed.person))
        transaction.set_rollback(True)
    yield from found


def digest_of(company: Company, person: Person) -> Iterator[Artefact]:
    """The same of anybody, written as it is every Monday."""
    client, week = QuickClient(), company.world.things["open"]["week"]
    drafted = Week(week).draft_at("UTC")
    ScheduleSlot.objects.get_or_create(
        job=DRAFTING, slot_start=drafted, defaults={"finished_at": drafted}
    )
    for issue in Issue.objects.filter(week=week, locked_at=None).exclude(items__key="status"):
        IssueItemFactory(
            issue=issue, key="status", kind="status", title="It went from healthy to watch.",
            data={"before": "healthy", "now": "watch", "before_words": "Healthy",
                  "now_words": "Watch", "reason": "Weekly users"},
        )  # fmt: skip
    delivery = DeliveryFactory(person=person, week=week, due_at=company.world.now)
    write_due(now=company.world.now)
    delivery.refresh_from_db()
    assert delivery.mail is not None, delivery.reason
    yield Artefact(f"digest to {person.email}", opened(bytes(delivery.mail.raw)))
    for url, route in (
        (web_url(delivery.pk, person.pk, 0), "web_copy"),
        (preferences_url(person.pk, 0), "preferences"),
        (unsubscribe_url(person.pk, 0), "unsubscribe"),
    ):
        path = url.removeprefix("http://testserver")
        yield get(client, Ask(path, f"digests:{route}"))
    yield get(client, Ask(path, "digests:unsubscribe", method="POST"))
