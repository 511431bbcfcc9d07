"""One mail to one person, and all weeks of a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from digests.enums import Every, Told
from digests.models import DeliveryPart, DigestDelivery, Reader
from digests.presenters.operating.states import (
    NO_ROW,
    StateChip,
    instant_words,
    state_chip,
    why,
)
from digests.presenters.operating.weeks import week_name
from digests.selectors.deliveries import told_state

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PartLine:
    """A product in the mail."""

    product: str
    url: str
    form: str
    words: str


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """A week of somebody: their mail, or why there was none."""

    week: str
    iso: str
    url: str
    state: StateChip | None
    form: str
    why: str


def delivery_facts(delivery: DigestDelivery, state: Told) -> list[Fact]:
    """When it was due, written and sent, in which form; instants in UTC."""
    facts = [
        ("Week", week_name(delivery.week)),
        ("Due", f"{instant_words(delivery.due_at)}: 09:00 in {delivery.time_zone}"),
        ("Form", delivery.get_plan_display() or "not known before it is written"),
        ("Planned", instant_words(delivery.planned_at)),
    ]
    if delivery.ended_at is not None:
        label = "Written" if delivery.mail else "Ended"
        facts.append((label, instant_words(delivery.ended_at)))
    return facts


def mail_facts(delivery: DigestDelivery, state: Told) -> list[Fact]:
    """What the outbox knows of it, with the server's own words; nothing before it is written."""
    mail = delivery.mail
    if mail is None:
        return []
    rows = [
        ("Subject", mail.subject),
        ("To", mail.recipient),
        ("Message-ID", mail.message_id),
        ("Attempts", str(mail.attempts)),
        ("Sent", instant_words(mail.sent_at)),
        ("Next attempt", instant_words(mail.due_at) if state == Told.WAITING else ""),
        ("Senders that died with it", str(mail.interruptions) if mail.interruptions else ""),
        ("What the server said last", mail.last_error),
        ("Taken back", mail.withdrawn_why),
    ]
    return [(label, value) for label, value in rows if value]


def part_lines(parts: Iterable[DeliveryPart]) -> list[PartLine]:
    """What is in the mail, in its order."""
    return [
        PartLine(
            product=part.edition.issue.product.name,
            url=_issue_url(part),
            form=_form(part),
            words=f"{part.edition.words} words",
        )
        for part in parts
    ]


def _issue_url(part: DeliveryPart) -> str:
    issue = part.edition.issue
    query = {"week": issue.week.isoformat()}
    return reverse("digests:issue_detail", args=[issue.product.slug], query=query)


def _form(part: DeliveryPart) -> str:
    edition = part.edition
    words = f"{edition.get_plan_display()}, {edition.get_length_display().lower()}"
    return f"{words}, with what is for the team" if edition.for_team else words


def person_weeks(
    rows: Mapping[dt.date, DigestDelivery | None], *, is_paused: bool
) -> list[PersonWeek]:
    """The weeks in their order; one without a row says why as well."""
    return [_person_week(week, row, is_paused=is_paused) for week, row in rows.items()]


def _person_week(week: dt.date, row: DigestDelivery | None, *, is_paused: bool) -> PersonWeek:
    if row is None:
        return PersonWeek(week_name(week), week.isoformat(), "", None, "–", NO_ROW)
    state = told_state(row)
    return PersonWeek(
        week=week_name(week),
        iso=week.isoformat(),
        url=reverse("digests:delivery_detail", args=[row.pk]),
        state=state_chip(state),
        form=row.get_plan_display() or "–",
        why=why(row, state, is_paused=is_paused),
    )


def reader_facts(reader: Reader | None) -> list[Fact]:
    """What somebody chose about their mail as a whole, and whether it reaches them."""
    if reader is None:
        return [("How often", str(Every.WEEK.label)), ("Unsubscribed", "no")]
    facts = [
        ("How often", reader.get_every_display()),
        ("Unsubscribed", instant_words(reader.unsubscribed_at) or "no"),
    ]
    if reader.is_suppressed:
        since = instant_words(reader.suppressed_at)
        facts.append(("Nothing is sent since", f"{since}: {reader.suppressed_why}"))
    return facts
