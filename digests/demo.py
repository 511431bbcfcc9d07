"""The demo company's digest: last week's issues, this week's with the hand of its managers in them,
and readers who have chosen something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from accounts.demo_people import DOMAIN
from accounts.models import User
from accounts.selectors import organisation
from digests.enums import Every
from digests.models import DigestDelivery, Issue, IssueItem
from digests.rules.weeks import Week, week_to_draft
from digests.services import editing, reading
from digests.services.drafting import draft_issues
from portfolio.enums import MemberRole
from portfolio.models import Product
from stakeholders.enums import Plan
from stakeholders.models import Person
from stakeholders.services.people import person_for

NOTES: Mapping[str, str] = {
    "shift-planner": "Late changes come first until the end of the month. If your store has a week"
    " without any, tell us how: we would like to come and look.",
    "price-desk": "Thank you to the stores that sent photographs of wrong labels. Please go on.",
}
PINNED = ("shift-planner", "replenishment-planner")
LEFT_OUT: Mapping[str, str] = {"returns-desk": "Store managers had a letter about it on Tuesday."}
FOLLOWERS = (("eva", "shift-planner"), ("eva", "onboarding-checklist"), ("kofi", "deploy-lane"))


def seed(now: dt.datetime) -> None:
    """Drafts the issues of two weeks and lets readers choose; does nothing where that is done."""
    if Issue.objects.filter(product__is_demo=True).exists():
        return
    products = {one.slug: one for one in Product.objects.filter(is_demo=True)}
    ids = [one.pk for one in products.values()]
    zone = organisation().time_zone
    week = week_to_draft(now, zone)
    for one in (week.before, week):
        draft_issues(week=one, now=one.draft_at(zone), product_ids=ids)
    _edit(week, now)
    _choose(products, now)


def remove() -> None:
    """Takes the issues, what was written of them, and the deliveries of demo people away."""
    DigestDelivery.objects.filter(person__is_demo=True).delete()
    Issue.objects.filter(product__is_demo=True).delete()


def _edit(week: Week, now: dt.datetime) -> None:
    for slug, note in NOTES.items():
        if (issue := _issue(slug, week)) and (by := _manager(issue)):
            editing.write_note(issue=issue, version=issue.version, note=note, by=by, now=now)
    for slug in PINNED:
        if (issue := _issue(slug, week)) and (by := _manager(issue)):
            item = issue.items.exclude(kind="status").order_by("-weight", "key").first()
            if item is not None:
                editing.pin_item(item=item, version=issue.version, by=by, now=now)
    for slug, reason in LEFT_OUT.items():
        if (issue := _issue(slug, week)) and (by := _manager(issue)):
            _hide_least(issue, reason, by, now)


def _hide_least(issue: Issue, reason: str, by: User, now: dt.datetime) -> None:
    items = IssueItem.objects.filter(issue=issue, is_red=False)
    item = items.order_by("weight", "key").first()
    if item is not None:
        editing.hide_item(item=item, version=issue.version, reason=reason, by=by, now=now)


def _issue(slug: str, week: Week) -> Issue | None:
    return Issue.objects.filter(product__slug=slug, product__is_demo=True, week=week.monday).first()


def _manager(issue: Issue) -> User | None:
    members = issue.product.memberships.filter(role=MemberRole.MANAGER).order_by("pk")
    first = members.select_related("user").first()
    return first.user if first else None


def _choose(products: Mapping[str, Product], now: dt.datetime) -> None:
    """Somebody follows, reads another form, wants it less often, mutes, or has had enough."""
    for key, slug in FOLLOWERS:
        account = User.objects.filter(is_demo=True, email=f"{key}@{DOMAIN}").first()
        if account is not None and slug in products:
            person = person_for(user=account, now=now)
            reading.follow(person=person, product=products[slug], now=now)
    people = {one.email.partition("@")[0]: one for one in Person.objects.filter(is_demo=True)}
    planner = products.get("shift-planner")
    if planner is not None and "per.lind" in people:
        reading.choose_plan(person=people["per.lind"], product=planner, plan=Plan.ROADMAP, now=now)
    if "dayo.okoye" in people:
        reading.choose_every(person=people["dayo.okoye"], every=Every.FORTNIGHT, now=now)
    if "rada.ivanova" in people:
        reading.unsubscribe(person=people["rada.ivanova"], now=now)
