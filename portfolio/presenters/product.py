"""What the pages of a product say, formatted here so that templates decide nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from activity.models import Event
from core.as_of import AsOf
from core.formats import measure, number, short_day
from core.policies import allows
from portfolio.enums import MemberRole
from portfolio.flags import Flag
from portfolio.models import Membership, Product
from portfolio.panels import panels_for
from portfolio.presenters.views import star
from portfolio.rules import Choice, Exchange, PeopleWord, audience_line, bright_line
from portfolio.selectors.views import bookmarks_of

NOBODY = "nobody yet"
OVERVIEW = "overview"
MEMBERS = "members"
HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the product."""

    key: str
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Action:
    """What one does most on a product: a button beside its name."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class ProductHeader:
    """The top of every page about a product."""

    name: str
    chips: list[tuple[str, str]]
    mission: str
    managers: str
    team: str
    portfolio: str
    portfolio_url: str
    people: str
    archived_on: str
    tabs: list[Tab]
    actions: list[Action]
    may_edit: bool
    may_manage: bool


def product_context(
    request: HttpRequest, product: Product, current: str, when: AsOf | None = None
) -> dict[str, Any]:
    """What `portfolio/product_base.html` needs, for panels of upper apps too; costs no query.

    `product` comes from the policy middleware (`request.product`), `current` is the key of the
    panel on show, `when` the day that it shows: its template draws the field that changes it.
    """
    user = request.user
    may_edit = allows("product.edit", user, product)
    may_manage = allows("product.manage", user, product)
    day = when.query if when else {}
    tabs = product_tabs(user, product, current, may_manage=may_manage, day=day)
    return {
        "product": product,
        "when": when,
        "problem": when.problem if when else "",
        "panels": tabs,
        "current": current,
        "header": _header(
            product,
            tabs,
            actions=_actions(user, product),
            may_edit=may_edit,
            may_manage=may_manage,
        ),
        "star": star(product.slug, product.name, is_kept=product.pk in bookmarks_of(user)),
        "crumbs": product_crumbs(product, next((t.label for t in tabs if t.is_current), ""), day),
    }


def product_crumbs(
    product: Product, last: str = "", day: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """The way from the catalogue to a page of the product; `day`: the one on show, for links."""
    crumbs = [("Products", reverse("portfolio:product_list", query=day or None))]
    if last and last != "Overview":
        return [*crumbs, (product.name, product_url(product, day)), (last, "")]
    return [*crumbs, (product.name, "")]


def product_url(product: Product, day: Mapping[str, str] | None = None) -> str:
    """The product's page on a day (`AsOf.query`; empty: today)."""
    return reverse("portfolio:product_detail", args=[product.slug], query=day or None)


def product_tabs(
    user: Any,
    product: Product,
    current: str,
    *,
    may_manage: bool,
    day: Mapping[str, str] | None = None,
) -> list[Tab]:
    """Overview, the panels that this person may open, and what managers alone see.

    Pages that can show any day keep the `day` on show.
    """
    pages = [(OVERVIEW, "Overview", "portfolio:product_detail", day)]
    pages += [
        (panel.key, panel.label, panel.url_name, day if panel.takes_day else None)
        for panel in panels_for(user, product)
    ]
    if may_manage:
        pages += [
            (MEMBERS, "Members", "portfolio:product_members", None),
            (HISTORY, "History", "portfolio:product_history", None),
        ]
    return [
        Tab(key, label, reverse(name, args=[product.slug], query=query or None), key == current)
        for key, label, name, query in pages
    ]


def _actions(user: Any, product: Product) -> list[Action]:
    return [
        Action(
            panel.action_label,
            reverse(panel.action_url_name, args=[product.slug]),
            panel.action_icon,
        )
        for panel in panels_for(user, product)
        if panel.action_url_name and allows(panel.action_policy, user, product)
    ]


def _header(
    product: Product,
    tabs: list[Tab],
    *,
    actions: list[Action],
    may_edit: bool,
    may_manage: bool,
) -> ProductHeader:
    words = {
        "kind": product.get_kind_display().lower(),
        "function": str(product.function or "").lower(),
        "stage": product.get_stage_display().lower(),
        "choice": product.choice,
    }
    return ProductHeader(
        name=product.name,
        chips=[(key, word) for key, word in words.items() if word],
        mission=product.mission,
        managers=manager_words(product),
        team=str(product.team or ""),
        portfolio=product.portfolio.name,
        portfolio_url=product.portfolio.get_absolute_url(),
        people=people_words(product),
        archived_on=short_day(product.archived_on) if product.archived_on else "",
        tabs=tabs,
        actions=actions,
        may_edit=may_edit,
        may_manage=may_manage,
    )


def manager_words(product: Any) -> str:
    """The managers' names, or that there is none."""
    return ", ".join(product.manager_names) or NOBODY


def people_words(product: Product) -> str:
    """How many people it is for, in the word for them: "2,140 users"; unknown is never 0."""
    if product.head_count is None:
        return f"{product.people_word}: number not known yet"
    word = product.people_word.removesuffix("s") if product.head_count == 1 else product.people_word
    return f"{number(product.head_count)} {word}"


def bright_line_words(product: Product) -> str:
    """The bright-line test of the product in one sentence (domain.md §1)."""
    if product.audience_word:
        return audience_line(PeopleWord(product.audience_word))
    return bright_line(Choice(product.choice), Exchange(product.exchange))


def run_cost_words(amount: int | None, currency: str = "") -> str:
    """What a product costs to run, in the organisation's currency; unknown is never 0."""
    return "not known yet" if amount is None else f"{measure(amount, currency)} a year"


def product_facts(product: Product, today: dt.date, currency: str = "") -> list[tuple[str, str]]:
    """What is known of the product, for the side of its page; `currency` is the organisation's."""
    since = short_day(product.stage_since, today)
    return [
        ("Stage", f"{product.get_stage_display()} since {since}"),
        ("Choice", product.get_choice_display()),
        ("Exchange", product.get_exchange_display()),
        ("Cost to run", run_cost_words(product.run_cost, currency)),
        ("Type of work", product.get_work_type_display() or "not said yet"),
        ("Business function", str(product.function or "not said yet")),
        ("Team", str(product.team or "not said yet")),
        ("Who can see it", product.get_visibility_display()),
    ]


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag with its remedy, if this person may apply it."""

    title: str
    reason: str
    remedy_url: str


def flag_lines(flags: Iterable[Flag], user: Any, product: Product) -> list[FlagLine]:
    """Flags as this person sees them."""
    return [
        FlagLine(
            flag.title,
            flag.reason,
            flag.remedy_url if allows(flag.remedy_policy, user, product) else "",
        )
        for flag in flags
    ]


def panel_summaries(request: HttpRequest, product: Product, as_of: AsOf) -> list[SafeString]:
    """What the panels have to say on the product's own page, in their order."""
    summaries = (
        panel.summary(request, product, as_of)
        for panel in panels_for(request.user, product)
        if panel.summary is not None
    )
    return [summary for summary in summaries if summary is not None]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One sentence of "what happened lately"."""

    at: dt.datetime
    words: str
    detail: str


def event_lines(events: Iterable[Event]) -> list[EventLine]:
    """Activity in sentences: who, what, and a detail where there is one."""
    return [
        EventLine(
            event.at,
            f"{event.actor_label or 'Homegrown'} {event.verb} {event.subject_label}",
            str(event.data.get("detail", "")),
        )
        for event in events
    ]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One person on the members page."""

    pk: int
    user_id: int
    name: str
    email: str
    role: str
    shape: str
    grant: str
    is_active: bool


def member_lines(members: Iterable[Membership]) -> list[MemberLine]:
    """Members in words."""
    return [
        MemberLine(
            pk=member.pk,
            user_id=member.user_id,
            name=str(member.user),
            email=member.user.email,
            role=member.get_role_display(),
            shape=member.get_shape_display() or "not said yet",
            grant="Yes" if _sees_the_map(member) else "No",
            is_active=member.user.is_active,
        )
        for member in members
    ]


def _sees_the_map(member: Membership) -> bool:
    return member.stakeholder_grant or member.role == MemberRole.MANAGER


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of which two people have different versions."""

    label: str
    theirs: str
    mine: str


def differences(
    labels: Mapping[str, str], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> list[Difference]:
    """The fields in which two versions differ, in words, in the order of the form."""
    return [
        Difference(label, _in_words(theirs[name]), _in_words(mine[name]))
        for name, label in labels.items()
        if name in theirs and name in mine and theirs[name] != mine[name]
    ]


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, list | tuple | set):
        return ", ".join(str(one) for one in value) or "nothing"
    return number(value) if isinstance(value, int) else str(value)


def hand_over_address(user: User) -> str:
    """Where an administrator hands the person's products to somebody else."""
    return reverse("portfolio:hand_over", args=[user.pk])


def consequence_words(lines: Iterable[Any]) -> list[str]:
    """What a deletion takes along: "3 members", "1,204 measurements", "its stakeholder map"."""
    return [line.label if line.count is None else f"{line.count:,} {line.label}" for line in lines]
