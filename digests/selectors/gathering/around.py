"""What stands around a product at the draft: the next meeting, its requests, its manager."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Window
from django.db.models.functions import Lower, RowNumber
from django.urls import reverse

from core.formats import short_day, zone_words
from digests.rules.parts import Contact, Meeting
from digests.selectors.gathering.scene import Scene
from intake.enums import Outcome, SessionState
from intake.models import Request, Session
from portfolio.enums import MemberRole
from portfolio.models import Membership

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def meetings(scene: Scene) -> dict[int, Meeting]:
    """By product its first office hours after the Monday 09:00 of the organisation."""
    sent = scene.week.local_due(scene.zone)
    first = Window(
        RowNumber(), partition_by=F("product_id"), order_by=[F("starts_at").asc(), F("pk").asc()]
    )
    rows = (
        Session.objects.filter(product_id__in=scene.products, state=SessionState.OPEN)
        .filter(starts_at__gt=sent)
        .annotate(turn=first)
        .filter(turn=1)
    )
    return {row.product_id: _meeting(scene, row) for row in rows}


def _meeting(scene: Scene, row: Session) -> Meeting:
    local = row.starts_at.astimezone(ZoneInfo(row.time_zone))
    return Meeting(
        title=row.title,
        starts_at=row.starts_at.astimezone(dt.UTC),
        time_zone=row.time_zone,
        words=f"{_day_words(scene, local)}, {local:%H:%M} {zone_words(row.time_zone)}",
        url=reverse("intake:session_detail", args=[scene.rows[row.product_id].slug, row.pk]),
        place=row.place,
    )


def _day_words(scene: Scene, local: dt.datetime) -> str:
    return f"{_WEEKDAYS[local.weekday()]} {short_day(local.date(), scene.week.monday)}"


def request_counts(scene: Scene) -> dict[int, tuple[int, int]]:
    """By product how many requests were closed in the week, duplicates aside, and how many are
    open at the draft.
    """
    own = ~Q(outcome=Outcome.DUPLICATE)
    closed = own & Q(closed_at__gte=scene.first, closed_at__lt=scene.after)
    still = Q(closed_at=None) | Q(closed_at__gt=scene.now)
    rows: Any = (
        Request.objects.filter(product_id__in=scene.products, created_at__lte=scene.now)
        .order_by()
        .values("product_id")
        .annotate(closed=Count("pk", filter=closed), still=Count("pk", filter=still))
    )
    return {row["product_id"]: (row["closed"], row["still"]) for row in rows}


def managers(scene: Scene) -> dict[int, Contact]:
    """By product the first of its active managers by name, whom an answer reaches."""
    rows: Any = (
        Membership.objects.filter(
            product_id__in=scene.products, role=MemberRole.MANAGER, user__is_active=True
        )
        .order_by("product_id", Lower("user__name"), "user_id")
        .distinct("product_id")
        .values_list("product_id", "user__name", "user__email")
    )
    return {pk: Contact(name, email) for pk, name, email in rows}
