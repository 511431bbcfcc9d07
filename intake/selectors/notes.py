"""Notes of sessions: which are mapped, to what, and what they may be mapped to."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from intake.enums import Status
from intake.models import Evidence, Opportunity, Request, Session, SessionNote
from portfolio.models import Product


def unmapped_notes(session: Session) -> list[SessionNote]:
    """Notes with neither a request nor an opportunity, oldest first."""
    evidence = Evidence.objects.filter(note=OuterRef("pk"))
    notes = SessionNote.objects.filter(session=session, request__isnull=True)
    return list(notes.exclude(Exists(evidence)).order_by("created_at", "pk"))


def notes_of(session: Session) -> list[SessionNote]:
    """All notes of a session with what they are mapped to, oldest first; two queries."""
    evidence = Evidence.objects.select_related("opportunity").order_by("at", "pk")
    notes = SessionNote.objects.filter(session=session).select_related("request", "by")
    found = notes.prefetch_related(Prefetch("evidence", queryset=evidence))
    return list(found.order_by("created_at", "pk"))


def requests_to_choose(product: Product, session: Session) -> QuerySet[Request]:
    """Requests that a note may belong to: those brought to the session, and all still open."""
    brought = session.bookings.filter(request__isnull=False).values("request_id")
    mapped = session.notes.filter(request__isnull=False).values("request_id")
    here = Request.objects.filter(product=product)
    wanted = here.filter(pk__in=brought) | here.filter(pk__in=mapped)
    return (wanted | here.exclude(status=Status.CLOSED)).order_by("-created_at", "-pk")


def opportunities_to_choose(product: Product) -> QuerySet[Opportunity]:
    """Opportunities of the product, latest first."""
    return Opportunity.objects.present().filter(product=product).order_by("-changed_at", "-pk")
