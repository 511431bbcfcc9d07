"""Reads over accounts and the organisation."""

from __future__ import annotations

import datetime as dt

from django.db.models import Subquery

from accounts.demo_people import DEMO_PEOPLE
from accounts.models import Organisation, User
from accounts.querysets import UserQuerySet
from core.models import OutboundMail
from core.periods import DAY, day_start, local_date


def organisation() -> Organisation:
    """The one organisation; as it is out of the box where its row was lost."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def house_value(field: str) -> Subquery:
    """A field of the organisation as a part of another query; NULL where it is the default."""
    houses = Organisation.objects.filter(pk=1)
    default = getattr(Organisation(), field)
    return Subquery(houses.exclude(**{field: default}).values(field)[:1])


def today(now: dt.datetime) -> dt.date:
    """The organisation's calendar date at the instant `now`."""
    return local_date(now, organisation().time_zone)


def end_of_day(day: dt.date) -> dt.datetime:
    """The first instant after `day` in the organisation's time zone."""
    return day_start(day + DAY, organisation().time_zone)


def people(text: str = "", state: str = "") -> UserQuerySet:
    """Accounts whose name or e-mail contains `text`, in one state or any, by name."""
    found: UserQuerySet = User.objects.search(text).in_state(state).by_name()
    return found


def nobody_yet() -> bool:
    """Whether there is no account at all: a first run without the demo."""
    return not User.objects.exists()


def reset_mails_since(user: User, since: dt.datetime) -> int:
    """How many password reset mails the account was sent since then."""
    return OutboundMail.objects.filter(
        kind="accounts.password_reset", recipient=user.email, created_at__gte=since
    ).count()


def ready_demo_people() -> list[tuple[User, str]]:
    """The five people one can sign in as in the demo, in order, each with what they may do."""
    found = User.objects.active().filter(is_demo=True)
    known = {person.email: person for person in found}
    return [
        (known[person.email], person.may)
        for person in DEMO_PEOPLE
        if person.may and person.email in known
    ]
