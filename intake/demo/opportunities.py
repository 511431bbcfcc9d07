"""Problems of the demo company, as `opportunities.toml` lists them, in every state of the board."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db.models import F

from accounts.models import User
from accounts.selectors import today
from accounts.services.departments import department_named
from core.periods import DAY
from intake.enums import Status
from intake.models import Candidate, FieldNote, Opportunity, Quote, Request
from intake.services.candidates import add_candidate, change_candidate, choose_candidate
from intake.services.deciding import decide
from intake.services.evidence import attach_evidence
from intake.services.experiments import plan_experiment, start_experiment
from intake.services.goals import set_goals
from intake.services.linking import link_request
from intake.services.opportunities import create_opportunity
from intake.services.triage import understand
from kpis.models import Kpi
from personas.models import Goal
from portfolio.enums import MemberRole
from portfolio.models import Product

LIST = Path(__file__).with_name("opportunities.toml")


def seed(now: dt.datetime) -> None:
    """Writes them down; does nothing where they stand already."""
    if Opportunity.objects.filter(is_demo=True).exists():
        return
    for row in tomllib.loads(LIST.read_text(encoding="utf-8"))["opportunity"]:
        product = Product.objects.filter(is_demo=True, slug=row["product"]).first()
        manager = _manager(product) if product else None
        if product is not None and manager is not None:
            _write(product, row, manager, now)


def _manager(product: Product) -> User | None:
    managers = product.memberships.filter(role=MemberRole.MANAGER).order_by("pk")
    first = managers.select_related("user").first()
    return first.user if first else None


def _write(product: Product, row: Mapping[str, Any], by: User, now: dt.datetime) -> None:
    made = create_opportunity(
        product=product,
        problem=row["problem"],
        why=row.get("why", ""),
        by=by,
        now=_ago(now, row),
        is_demo=True,
    )
    if "alignment" in row:
        judged = {name: row[name] for name in ("alignment", "alignment_why")}
        Opportunity.objects.filter(pk=made.pk).update(**judged)
    _add_evidence(made, row, by, now)
    _add_candidates(made, row, now)
    goals = Goal.objects.filter(want__in=row.get("goals", []), persona__is_demo=True)
    set_goals(opportunity=made, goal_ids=list(goals.values_list("pk", flat=True)), now=now)
    if "experiment" in row:
        _try(made, row["experiment"], by, now)
    if "decide" in row:
        _link_wishes(made, row, by, _ago(now, row["decide"]))
        _decide(made, row["decide"], by, now)
    _link_wishes(made, row, by, now)
    if "shipped" in row:
        shipped = row["shipped"]
        Opportunity.objects.filter(pk=made.pk).update(
            shipped_at=_ago(now, shipped), built_as_asked=shipped.get("as_asked", False)
        )


def _add_evidence(
    opportunity: Opportunity, row: Mapping[str, Any], by: User, now: dt.datetime
) -> None:
    if "note" in row:
        note = _note(opportunity.product, row["note"], by, now)
        attach_evidence(opportunity=opportunity, piece=note, by=by, now=now)
    if "kpi" in row:
        kpis = Kpi.objects.filter(product=opportunity.product, metric__code=row["kpi"]["code"])
        if (kpi := kpis.first()) is not None:
            why = row["kpi"]["why"]
            attach_evidence(opportunity=opportunity, piece=kpi, why=why, by=by, now=now)


def _link_wishes(
    opportunity: Opportunity, row: Mapping[str, Any], by: User, now: dt.datetime
) -> None:
    """The requests about it that were there by `now`, each a day after it came."""
    for words in row.get("wishes", ()):
        wishes = Request.objects.filter(
            product=opportunity.product,
            is_demo=True,
            goal__icontains=words,
            status=Status.NEW,
            created_at__lte=now,
        )
        for wish in wishes.order_by("created_at", "pk"):
            _link(wish, opportunity, by, min(now, wish.created_at + DAY))


def _link(wish: Request, opportunity: Opportunity, by: User, now: dt.datetime) -> None:
    clear = understand(
        request=wish, version=wish.version, problem=opportunity.problem, by=by, now=now
    )
    link_request(request=clear, version=clear.version, opportunity=opportunity, by=by, now=now)


def _note(product: Product, row: Mapping[str, Any], by: User, now: dt.datetime) -> FieldNote:
    department = row.get("department")
    note: FieldNote = FieldNote.objects.create(
        product=product,
        kind=row["kind"],
        day=today(_ago(now, row)),
        name=row.get("name", ""),
        department=department_named(department, is_demo=True) if department else None,
        consent="named" if "name" in row else "not_asked",
        text=row["text"],
        times=row.get("times"),
        per=row.get("per", ""),
        minutes=row.get("minutes"),
        by=by,
        is_demo=True,
        created_at=now,
    )
    Quote.objects.bulk_create(Quote(field_note=note, text=text) for text in row.get("quotes", ()))
    return note


def _add_candidates(opportunity: Opportunity, row: Mapping[str, Any], now: dt.datetime) -> None:
    for kind, what in row.get("candidates", {}).items():
        blank: Candidate | None = opportunity.candidates.filter(kind=kind).first()
        if blank is None:
            add_candidate(opportunity=opportunity, kind=kind, what=what, now=now)
        else:
            change_candidate(candidate=blank, version=blank.version, what=what, now=now)
    chosen = opportunity.candidates.filter(kind=row.get("chosen", "")).first()
    if chosen is not None:
        choose_candidate(candidate=chosen, now=now)


def _try(opportunity: Opportunity, row: Mapping[str, Any], by: User, now: dt.datetime) -> None:
    started = now - row["started"] * DAY
    planned = plan_experiment(
        opportunity=opportunity,
        what=row["what"],
        criteria=row["criteria"],
        ends_on=today(started + row["days"] * DAY),
        by=by,
        now=started,
    )
    start_experiment(experiment=planned, now=started)


def _decide(opportunity: Opportunity, row: Mapping[str, Any], by: User, now: dt.datetime) -> None:
    current = Opportunity.objects.get(pk=opportunity.pk)
    decide(
        opportunity=current,
        version=current.version,
        decision=row["to"],
        reason=row["reason"],
        favour_reason=row.get("favour", ""),
        by=by,
        now=_ago(now, row),
    )


def _ago(now: dt.datetime, row: Mapping[str, Any]) -> dt.datetime:
    days: int = row["ago"]
    return now - days * DAY


def remove() -> None:
    """Takes them away, with what hangs on them and the notes that speak for them."""
    Opportunity.objects.filter(is_demo=True).update(merged_into=None, version=F("version"))
    Opportunity.objects.filter(is_demo=True).delete()
    FieldNote.objects.filter(is_demo=True).delete()
