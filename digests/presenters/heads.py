"""What stands before a mail is opened: its subject, and whether its reader needs to act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.formats import count
from digests.presenters.lines import of_kind
from digests.rules import ItemKind
from digests.rules.openings import NOTHING, opening
from digests.rules.sheet import Entry, Sheet
from digests.rules.subjects import decisions_words, subject
from digests.rules.words import clip
from stakeholders.rules import Plan


@dataclass(frozen=True, slots=True)
class Head:
    """Subject and first line of a mail about one product."""

    subject: str
    preheader: str
    asks: int = 0
    ask_by: dt.date | None = None


def head(sheet: Sheet, plan: Plan, told: Sequence[Entry]) -> Head:
    """The head of a mail that holds this product alone."""
    if sheet.links_only:
        return Head(subject(sheet.product, "news of the week"), "There is news on its page.")
    waiting = [entry for entry in told if entry.is_open_decision]
    soonest = min(waiting, key=lambda one: one.by_day or dt.date.max, default=None)
    ask_by = soonest.by_day if soonest else None
    asked = decisions_words(len(waiting), ask_by, sheet.week)
    who = str(soonest.data.get("who", "")).partition(",")[0] if soonest else ""
    return Head(
        subject=_subject(sheet, plan, told, asked),
        preheader=opening(len(waiting), ask_by, sheet.week, clip(who, 4)) if waiting else NOTHING,
        asks=len(waiting),
        ask_by=ask_by,
    )


def _subject(sheet: Sheet, plan: Plan, told: Sequence[Entry], asked: str) -> str:
    if plan is Plan.NEWSLETTER:
        return _of_newsletter(sheet, told)
    if plan is Plan.ROADMAP:
        return _of_roadmap(sheet, told, asked)
    status = sheet.facts.status_words.lower()
    red = [str(entry.data.get("name", "")) for entry in told if entry.is_red]
    in_the_red = f"{red[0]} in the red" if len(red) == 1 else f"{len(red)} KPIs in the red"
    return subject(sheet.product, status, asked or (in_the_red if red else _moved(told)))


def _moved(told: Sequence[Entry]) -> str:
    moved = len(of_kind(told, ItemKind.KPI))
    risks = len(of_kind(told, ItemKind.RISK))
    if risks:
        return count(risks, "grave risk")
    return f"{count(moved, 'KPI')} moved" if moved else ""


def _of_roadmap(sheet: Sheet, told: Sequence[Entry], asked: str) -> str:
    shipped = len(of_kind(told, ItemKind.RELEASE))
    decided = len(of_kind(told, ItemKind.DECISION))
    risks = len(of_kind(told, ItemKind.RISK))
    return subject(
        sheet.product,
        asked,
        f"{shipped} shipped" if shipped else "",
        f"{decided} decided" if decided else "",
        count(risks, "risk") if risks else "",
        sheet.facts.status_words.lower(),
        joint=" roadmap: ",
    )


def _of_newsletter(sheet: Sheet, told: Sequence[Entry]) -> str:
    news = of_kind(told, ItemKind.RELEASE, ItemKind.WIN, ItemKind.LESSON)
    if not news:
        return subject(sheet.product, f"now {sheet.facts.status_words.lower()}")
    first = news[0]
    words = first.words if first.is_reworded else str(first.data.get("title") or first.words)
    rest = f"{len(news) - 1} more" if len(news) > 1 else ""
    return subject(sheet.product, words.rstrip("."), rest and f"and {rest}")
