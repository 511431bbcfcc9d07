"""The requests that somebody stands behind."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from intake.enums import Status
from intake.models import Request, Voice

OPEN, CLOSED, ALL = "open", "closed", "all"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of one's requests are open, and closed."""

    open: int
    closed: int

    @property
    def total(self) -> int:
        """Both."""
        return self.open + self.closed


def _mine(user: User) -> QuerySet[Request]:
    """All that they asked or joined, withdrawn ones too: these can be taken up again."""
    return Request.objects.filter(pk__in=Voice.objects.filter(user=user).values("request_id"))


def _closed() -> Q:
    """Closed for the reader: a duplicate is as open as what it is the same as."""
    same = Q(duplicate_of__isnull=False)
    return (~same & Q(status=Status.CLOSED)) | (same & Q(duplicate_of__status=Status.CLOSED))


def my_requests(user: User, state: str) -> QuerySet[Request]:
    """Those in a state (`open`, `closed`, else all), the latest change first.

    `own_kind` is why they stand behind it, `left` when they withdrew.
    """
    own = Voice.objects.filter(request=OuterRef("pk"), user=user)
    rows = _mine(user).select_related("product", "duplicate_of")
    if state == OPEN:
        rows = rows.exclude(_closed())
    elif state == CLOSED:
        rows = rows.filter(_closed())
    return rows.annotate(
        own_kind=Subquery(own.values("kind")[:1]), left=Subquery(own.values("left_at")[:1])
    ).order_by("-changed_at", "-pk")


def counts(user: User) -> Counts:
    """How many there are, in one query."""
    found = _mine(user).aggregate(closed=Count("pk", filter=_closed()), total=Count("pk"))
    return Counts(open=found["total"] - found["closed"], closed=found["closed"])
