"""Product managers hear that a digest of theirs could not be written: once a product and week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from core.emails import absolute
from core.mail import is_reachable, queue_mail
from core.models import ScheduleSlot
from digests.emails.failed import FailedDigest, render_failed
from portfolio.enums import MemberRole
from portfolio.models import Membership

KIND = "digests.failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """A mail or an issue of a week that could not be written. `trace` stands in the log."""

    week: dt.date
    trace: str
    product_ids: tuple[int, ...]


def tell_managers(failures: Sequence[Failure], *, now: dt.datetime) -> int:
    """Tell the managers of these products, who have not heard of that week yet; how many mails.

    Nobody is named in it: who reads a product is for those alone who may see its map.
    """
    first: dict[tuple[int, dt.date], str] = {}
    for failure in failures:
        for product_id in failure.product_ids:
            first.setdefault((product_id, failure.week), failure.trace)
    fresh = [key for key in sorted(first) if _is_first(*key)]
    managers = (
        Membership.objects.filter(
            product__in=[product_id for product_id, _ in fresh],
            role=MemberRole.MANAGER,
            user__is_active=True,
        )
        .select_related("user", "product")
        .order_by("pk")
    )
    told = [row for row in managers if is_reachable(row.user.email)] if fresh else []
    weeks = dict(fresh)
    for row in told:
        week = weeks[row.product_id]
        _tell(row, week, first[row.product_id, week], now)
    return len(told)


def _is_first(product_id: int, week: dt.date) -> bool:
    """A row a product and week, as for any job of the clock."""
    start = dt.datetime.combine(week, dt.time.min, dt.UTC)
    _, made = ScheduleSlot.objects.get_or_create(
        job=f"{KIND}.{product_id}", slot_start=start, defaults={"finished_at": start}
    )
    return made


def _tell(row: Membership, week: dt.date, trace: str, now: dt.datetime) -> None:
    url = reverse("digests:issue_detail", args=[row.product.slug])
    mail = render_failed(FailedDigest(row.user.name, row.product.name, week, trace, absolute(url)))
    queue_mail(
        kind=KIND, to=row.user.email, subject=mail.subject, text=mail.text, html=mail.html, now=now
    )
