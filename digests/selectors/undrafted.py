"""Which week is to be drafted now, and for which products that has not been done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef

from accounts.selectors import organisation
from core.arrays import AnyOf
from core.models import ScheduleSlot
from digests.models import Issue, ProductDigest
from digests.rules.weeks import Week, week_to_draft
from portfolio.models import Product

JOB = "digests.draft"


def week_to_be_drafted(now: dt.datetime) -> Week | None:
    """The week whose Friday 06:00 has come in the organisation's zone, as long as it is Monday
    somewhere or still to be, and nobody has finished it. Two queries.
    """
    zone = organisation().time_zone
    week = week_to_draft(now, zone)
    if now >= week.over_at:
        return None
    done = ScheduleSlot.objects.filter(job=JOB, slot_start=week.draft_at(zone))
    return None if done.filter(finished_at__isnull=False).exists() else week


def undrafted(week: Week, product_ids: Collection[int] | None = None) -> list[int]:
    """Products that are to have an issue of the week and have none, of these or of all: neither
    archived on its Friday nor paused.
    """
    products = Product.objects.live(week.draft_day)
    if product_ids is not None:
        products = products.filter(pk__in=AnyOf(product_ids))
    own = {"product_id": OuterRef("pk")}
    found = products.exclude(Exists(ProductDigest.objects.filter(**own, is_paused=True))).exclude(
        Exists(Issue.objects.filter(**own, week=week.monday))
    )
    return list(found.order_by("pk").values_list("pk", flat=True))
