"""Exemptions as pages read them: of one KPI, waiting for a decision, decided lately."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, IntegerField, QuerySet, Value, When

from accounts.models import User
from kpis.enums import ExemptionState
from kpis.models import Exemption, Kpi
from portfolio.models import Product

TOLD_FOR = dt.timedelta(days=30)


def exemptions_of(kpi: Kpi) -> list[Exemption]:
    """Every exemption, those that wait for a decision in front, then the newest, with people."""
    waits = Case(
        When(state=ExemptionState.ASKED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = kpi.exemptions.select_related("approver", "asked_by")
    return list(rows.order_by(waits, "-starts_on", "-pk"))


def waiting_for(user: User) -> QuerySet[Exemption]:
    """Exemptions that `user` may decide on, the oldest request in front."""
    products = Product.objects.manageable_by(user).order_by().values("pk")
    return _with_kpi().filter(state=ExemptionState.ASKED, kpi__product__in=products).order_by("pk")


def asked_by(user: User, now: dt.datetime) -> QuerySet[Exemption]:
    """What `user` asked for and may still read: open, or answered in the last 30 days."""
    seen = Product.objects.visible_to(user).order_by().values("pk")
    asked = _with_kpi().filter(asked_by=user, kpi__product__in=seen)
    waiting = asked.filter(state=ExemptionState.ASKED)
    answered = asked.filter(decided_at__gte=now - TOLD_FOR).exclude(approver=user)
    return (waiting | answered).order_by("-created_at", "-pk")


def _with_kpi() -> QuerySet[Exemption]:
    return Exemption.objects.select_related("kpi__metric", "kpi__product", "asked_by", "approver")
