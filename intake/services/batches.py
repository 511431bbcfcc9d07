"""One mail at somebody's own times about all that came in since the last, never one a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from core.emails import absolute
from core.mail import queue_mail
from intake.emails.inbox import InboxNews, ProductPart, RequestPart, render_inbox_news
from intake.models import InboxMail, InboxPlan
from intake.rules.batches import last_slot
from intake.selectors.hours import zone_of
from intake.selectors.inbox.batches import ProductNews, news_for

MOST_TIMES = 6


@transaction.atomic
def set_times(*, times: Sequence[dt.time], by: User, now: dt.datetime) -> InboxPlan:
    """Choose at which times of one's own day one hears of new requests; none: never by mail.

    What is past today by then does not count: the next mail comes at the next of the times.

    Raises:
        ValueError: more than six.
    """
    chosen = sorted(set(times))
    if len(chosen) > MOST_TIMES:
        raise ValueError("Too many times.")
    plan, _ = InboxPlan.objects.update_or_create(user=by, defaults={"times": chosen})
    past = last_slot(chosen, now, ZoneInfo(zone_of(by)))
    if past is not None:
        InboxMail.objects.bulk_create([InboxMail(user=by, slot_start=past)], ignore_conflicts=True)
    return plan


@transaction.atomic
def write_batch(*, user_id: int, slot_start: dt.datetime, now: dt.datetime) -> InboxMail | None:
    """What was due to somebody at `slot_start`: a row, and a mail if something new waits for them.

    A second call, at the same time or later, finds the row and writes nothing.

    Raises:
        User.DoesNotExist: the account is gone.
    """
    # Whoever comes second waits here, and finds the row of whoever was first.
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
    if InboxMail.objects.filter(user=user, slot_start=slot_start).exists():
        return None
    news = news_for(user, now) if user.is_active else []
    row = InboxMail(user=user, slot_start=slot_start)
    if news:
        mail = render_inbox_news(_parts(user, news))
        row.mail = queue_mail(
            kind="intake.inbox",
            to=user.email,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            now=now,
        )
    row.save()
    return row


def _parts(user: User, news: list[ProductNews]) -> InboxNews:
    return InboxNews(
        name=user.name,
        new=sum(one.new for one in news),
        products=tuple(_product(one) for one in news),
        url=absolute(reverse("intake:inbox")),
        times_url=absolute(reverse("intake:inbox_plan")),
    )


def _product(one: ProductNews) -> ProductPart:
    slug = one.product.slug
    requests = tuple(
        RequestPart(
            request.reference,
            "" if request.is_private else request.goal,
            absolute(reverse("intake:request_triage", args=[slug, request.reference])),
        )
        for request in one.newest
    )
    return ProductPart(one.product.name, one.new, one.waiting, one.new - len(requests), requests)
