"""Where people are heard: the overview of a product's intake, and its part of the page above."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from core.as_of import AsOf
from core.formats import zone_words
from core.policies import may
from intake.presenters import frame
from intake.presenters.overview import decision_counts
from intake.presenters.sessions import next_words, session_cards
from intake.selectors.hours import next_session, sessions_ahead, zone_of
from intake.selectors.overview import new_requests, opportunities_by_decision
from portfolio.models import Product
from portfolio.policies import ProductRequest

SHOWN = 3


@require_safe
def intake_overview(request: ProductRequest, slug: str) -> HttpResponse:
    """How to be heard: ask, come to office hours, see what became of what others asked."""
    product, now, zone = request.product, timezone.now(), zone_of(request.user)
    sessions = sessions_ahead(product, request.user, now)[:SHOWN]
    may_triage = may(request, "intake:product_inbox", product)
    context = frame.intake_context(request, product, "overview") | {
        "cards": session_cards(request, product, sessions, zone=zone, now=now),
        "zone": zone_words(zone),
        "decisions": decision_counts(opportunities_by_decision(product)),
        "may_ask": may(request, "intake:request_start", product),
        "may_triage": may_triage,
        "new_requests": new_requests(product) if may_triage else None,
    }
    return render(request, "intake/overview.html", context)


def product_summary(request: HttpRequest, product: Product, as_of: AsOf) -> SafeString | None:
    """The next session with a free place, and the way to ask; only for today."""
    if not as_of.is_today:
        return None
    now = timezone.now()
    user: Any = request.user
    session: Any = next_session(product, now)
    zone = user.time_zone or getattr(session, "organisation_zone", None) or "UTC"
    context = {
        "product": product,
        "next": next_words(session, zone, now) if session else None,
        "may_ask": may(request, "intake:request_start", product),
    }
    return SafeString(render_to_string("intake/product_summary.html", context, request=request))
