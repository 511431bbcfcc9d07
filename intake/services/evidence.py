"""Hanging evidence on opportunities, and taking it off again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from intake.models import Evidence, FieldNote, Opportunity, SessionNote
from intake.services.opportunities import locked, touch
from kpis.models import Kpi


class OtherProduct(Exception):
    """It belongs to another product: it says nothing about this problem."""


@transaction.atomic
def attach_evidence(
    *,
    opportunity: Opportunity,
    piece: SessionNote | FieldNote | Kpi,
    by: User | None,
    now: dt.datetime,
    why: str = "",
) -> Evidence:
    """Let a note of office hours, a field note or a KPI speak for the problem; twice is once.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
        OtherProduct: it is no piece of the same product.
    """
    row = locked(opportunity.pk)
    if _product_of(piece) != row.product_id:
        raise OtherProduct
    which = {column_of(piece): piece}
    known: Evidence | None = Evidence.objects.filter(opportunity=row, **which).first()
    if known is not None:
        return known
    made: Evidence = Evidence.objects.create(opportunity=row, why=why, by=by, at=now, **which)
    touch(row, now)
    return made


@transaction.atomic
def detach_evidence(*, evidence: Evidence, now: dt.datetime) -> None:
    """Take a piece off again; a second time changes nothing. A decision that stood on it stands.

    Raises:
        Opportunity.DoesNotExist: the opportunity is gone, or merged into another.
    """
    row = locked(evidence.opportunity_id)
    gone, _ = Evidence.objects.filter(pk=evidence.pk, opportunity=row).delete()
    if gone:
        touch(row, now)


def column_of(piece: SessionNote | FieldNote | Kpi) -> str:
    """Under which name a piece stands in `Evidence`."""
    if isinstance(piece, Kpi):
        return "kpi"
    return "field_note" if isinstance(piece, FieldNote) else "note"


def _product_of(piece: SessionNote | FieldNote | Kpi) -> int:
    owner = piece.session if isinstance(piece, SessionNote) else piece
    product_id: int = owner.product_id
    return product_id
