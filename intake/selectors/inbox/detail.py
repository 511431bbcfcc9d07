"""Everything about one request that a team wants to see while it decides what to do with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from intake.models import (
    Attachment,
    Opportunity,
    Request,
    RequestLink,
    RequestStep,
    SessionNote,
    Voice,
)
from intake.rules.similar import Similar
from intake.selectors.similar import similar_to
from portfolio.models import Membership, PortfolioLead, Product

MOST_SIMILAR = 6
# So many can be chosen from a list; a longer one is searched by what it is similar to.
MOST_OPPORTUNITIES = 200


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """One request with all that belongs to it; `voices` includes those of its duplicates."""

    request: Request
    voices: list[Voice]
    steps: list[RequestStep]
    links: list[RequestLink]
    attachments: list[Attachment]
    notes: list[SessionNote]
    duplicates: list[Request]
    similar: list[Similar]
    opportunities: list[Opportunity]
    team: list[User]


def detail_of(request: Request, user: User) -> RequestDetail:
    """The request as its team sees it; the number of queries is always the same."""
    product = request.product
    links = list(request.links.select_related("opportunity__product").order_by("at", "pk"))
    linked = {link.opportunity_id for link in links}
    return RequestDetail(
        request=request,
        voices=_voices(request),
        steps=list(
            request.steps.select_related("by", "opportunity__product").order_by("-at", "-pk")
        ),
        links=links,
        attachments=list(request.attachments.order_by("created_at", "pk")),
        notes=list(request.notes.select_related("booking", "session").order_by("created_at", "pk")),
        duplicates=list(request.duplicates.order_by("created_at", "pk")),
        similar=_similar(request, product, user, linked),
        opportunities=[one for one in open_opportunities(product) if one.pk not in linked],
        team=team_of(product, request.assignee),
    )


def _voices(request: Request) -> list[Voice]:
    """The present ones, whoever asked first in front."""
    behind = Voice.objects.filter(Q(request=request) | Q(request__duplicate_of=request))
    present = behind.filter(left_at__isnull=True).select_related("department", "request", "user")
    return list(present.order_by("joined_at", "pk"))


def _similar(request: Request, product: Product, user: User, linked: set[int]) -> list[Similar]:
    """What sounds like it, without itself and what it belongs to already."""
    text = f"{request.problem} {request.goal}".strip()
    found = similar_to(text, product=product, user=user, limit=MOST_SIMILAR + 2)
    kept = request.duplicate_of_id or request.pk
    others = [
        one
        for one in found
        if not (one.kind == "request" and one.pk in (request.pk, kept))
        and not (one.kind == "opportunity" and one.pk in linked)
    ]
    return others[:MOST_SIMILAR]


def open_opportunities(product: Product) -> list[Opportunity]:
    """What a request of the product may become part of: not shipped, the newest in front."""
    present = Opportunity.objects.present().filter(product=product, shipped_at__isnull=True)
    return list(present.order_by("-changed_at", "-pk")[:MOST_OPPORTUNITIES])


def team_of(product: Product, also: User | None = None) -> list[User]:
    """Whoever may look after requests of the product: its members, and the portfolio's leads."""
    members = Membership.objects.filter(product=product).values("user_id")
    leads = PortfolioLead.objects.filter(portfolio_id=product.portfolio_id).values("user_id")
    people = Q(pk__in=members) | Q(pk__in=leads)
    if also is not None:
        people |= Q(pk=also.pk)
    return list(User.objects.filter(people, is_active=True).order_by("name", "pk"))
