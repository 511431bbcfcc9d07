"""Telling people what became of their requests: one calm mail a person and local day.

What happens first on somebody's day waits ten minutes, so that what comes on its heels stands in
the same mail. Until that mail is claimed to be sent, all else of the day goes into it; after that
it waits for 08:00 of the next day. A day is the one on which its mail is due.

Rows are held in this order: requests (by the callers), days of news by address, mails by key. So
two at once queue behind each other, and each sees what the other has written.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import cast
from zoneinfo import ZoneInfo

from core.mail import queue_mail, rewrite_mail
from core.models import MailState, OutboundMail
from core.periods import DAY, local_date
from intake.emails.news import Mail, render_news
from intake.models import News, Notice, Request, RequestStep
from intake.selectors.news import Hearer, hearers_of
from intake.services.news_mail import mails_of

KIND = "intake.news"
WAIT = dt.timedelta(minutes=10)
MORNING = dt.time(8, 0)
# A mail of tomorrow can't have gone today; more than this many days would be a broken clock.
DAYS = 7

_Told = dict[str, list[Hearer]]


def tell_people(*, steps: Sequence[RequestStep], now: dt.datetime) -> None:
    """Put these steps into the mails of all who have to hear of them.

    Called in the transaction that writes the steps, once for all of them.
    """
    told: _Told = defaultdict(list)
    for hearer in hearers_of(steps):
        told[hearer.recipient].append(hearer)
    for ahead in range(DAYS):
        if told:
            told = _tell(told, ahead, now)


def _tell(told: _Told, ahead: int, now: dt.datetime) -> _Told:
    """Write into the mails `ahead` days ahead; those whose mail of that day has gone remain."""
    days = {name: _first_day(of[0], now) + ahead * DAY for name, of in told.items()}
    held = _hold(days)
    gone = {row.recipient for row in held if _has_gone(row)}
    rows = [row for row in held if row.recipient not in gone]
    Notice.objects.bulk_create(
        Notice(news=row, voice=hearer.voice, step=hearer.step)
        for row in rows
        for hearer in told[row.recipient]
    )
    mails = mails_of(row.pk for row in rows)
    for row in rows:
        _write(row, mails[row.pk], told[row.recipient][0], is_later=ahead > 0, now=now)
    return {name: of for name, of in told.items() if name in gone}


def readdress(*, request: Request, now: dt.datetime) -> None:
    """Put the private addresses of now into the mails to guests that still wait.

    Called by whoever ends the former ones, in the same transaction and holding the request.
    """
    to_guests = Notice.objects.filter(voice__request=request, voice__user=None)
    rows = News.objects.filter(pk__in=to_guests.values("news_id"), mail__state=MailState.QUEUED)
    held = list(rows.select_for_update(of=("self",)).order_by("recipient", "day"))
    mails = mails_of(row.pk for row in held)
    for row in held:
        words = render_news(mails[row.pk])
        key = cast(int, row.mail_id)  # it has one: its state was asked for
        rewrite_mail(mail_id=key, subject=words.subject, text=words.text, html=words.html, now=now)


def _first_day(hearer: Hearer, now: dt.datetime) -> dt.date:
    return local_date(now + WAIT, hearer.zone)


def _hold(days: dict[str, dt.date]) -> list[News]:
    """The rows of these days, made where they are not there yet, held by address."""
    News.objects.bulk_create(
        [News(recipient=name, day=days[name]) for name in sorted(days)], ignore_conflicts=True
    )
    rows = (
        News.objects.select_for_update(of=("self",))
        .filter(recipient__in=list(days), day__in=set(days.values()))
        .order_by("recipient", "day")
    )
    return [row for row in rows if days[row.recipient] == row.day]


def _has_gone(row: News) -> bool:
    """Whether the mail of this day is on its way, or gone; held if not."""
    if row.mail_id is None:
        return False
    waiting = OutboundMail.objects.filter(pk=row.mail_id, state=MailState.QUEUED, attempts=0)
    return waiting.select_for_update().only("pk").first() is None


def _write(row: News, mail: Mail, hearer: Hearer, *, is_later: bool, now: dt.datetime) -> None:
    """Queue the mail of a day, or put other words into the one that waits."""
    words = render_news(mail)
    if row.mail_id is not None:
        rewrite_mail(
            mail_id=row.mail_id, subject=words.subject, text=words.text, html=words.html, now=now
        )
        return
    row.mail = queue_mail(
        kind=KIND,
        to=hearer.address,
        subject=words.subject,
        text=words.text,
        html=words.html,
        now=now,
        due_at=_morning(row.day, hearer.zone) if is_later else now + WAIT,
    )
    row.save(update_fields=["mail"])


def _morning(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(dt.UTC)
