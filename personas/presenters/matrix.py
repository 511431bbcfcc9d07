"""The coverage matrix in words and quarter-circles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.formats import and_list, count, measure
from core.statuses import status_look
from personas.enums import FitLevel
from personas.presenters.cells import fit_mark
from personas.presenters.words import hours_words, kind_word, story_words
from personas.selectors import Coverage, GoalRow
from portfolio.models import Product

FIRST_GAPS = 5


@dataclass(frozen=True, slots=True)
class Head:
    """A product above its column."""

    name: str
    url: str
    stage: str
    status: str
    status_word: str


@dataclass(frozen=True, slots=True)
class Row:
    """A goal with its cells; `persona` stands before the first goal of each."""

    anchor: str
    persona: str
    persona_url: str
    story: str
    kind: str
    hours: str
    cells: SafeString
    end: str
    is_gap: bool
    note: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A goal that nobody serves, in words."""

    anchor: str
    story: str
    persona: str
    hours: str


def heads(products: Sequence[Product], statuses: Mapping[int, str]) -> list[Head]:
    """The tops of the columns; `statuses` by product, as far as they are known."""
    return [
        Head(
            name=one.name,
            url=reverse("personas:product_personas", args=[one.slug]),
            stage=one.get_stage_display().lower(),
            status=statuses.get(one.pk, "unknown"),
            status_word=status_look(statuses.get(one.pk, "unknown")).word.lower(),
        )
        for one in products
    ]


def rows(coverage: Coverage, query: str, currency: str) -> list[Row]:
    """The matrix, a line a goal; `query` is the address's own, kept by every cell."""
    prefix = f"?{query}&" if query else "?"
    pictures = _pictures(prefix)
    found, last = [], None
    for row in coverage.rows:
        persona = row.goal.persona
        is_first, last = persona.pk != last, persona.pk
        found.append(
            Row(
                anchor=f"goal-{row.goal.pk}",
                persona=persona.name if is_first else "",
                persona_url=persona.get_absolute_url(),
                story=story_words(row.goal),
                kind=kind_word(row.goal),
                hours=hours_words(row.minutes_a_week),
                cells=_cells(row, coverage.products, pictures),
                end=end_word(row),
                is_gap=row.is_gap,
                note=doubles_words(row.doubles, currency),
            )
        )
    return found


def _pictures(prefix: str) -> dict[int | None, tuple[str, str]]:
    """For each level what stands before and after the two numbers of a cell's address."""
    start = f'<td class="fit-cell"><a href="{escape(prefix)}cell='
    found: dict[int | None, tuple[str, str]] = {
        level.value: (start, f'" class="fit fit-{level.value}">{fit_mark(level.value)}</a></td>')
        for level in FitLevel
    }
    found[None] = (start, f'" class="fit fit-none">{fit_mark(None)}</a></td>')
    return found


def _cells(
    row: GoalRow, products: Sequence[Product], pictures: Mapping[int | None, tuple[str, str]]
) -> SafeString:
    """Thousands of cells a page: only numbers of ours are put between what is escaped already."""
    fits, goal = row.by_product, row.goal.pk
    parts = []
    for product in products:
        fit = fits.get(product.pk)
        before, after = pictures[fit.level if fit else None]
        parts.append(f"{before}{goal}-{product.pk}{after}")
    return mark_safe("".join(parts))  # noqa: S308  # numbers and escaped parts alone


def end_word(row: GoalRow) -> str:
    """What stands at the end of a row: gap, served, or served twice."""
    if row.is_gap:
        return "gap"
    return "served twice" if row.doubles else "served"


def doubles_words(products: Sequence[Product], currency: str) -> str:
    """Who serves it twice, with what each costs to run."""
    return and_list([f"{one.name} ({cost_words(one, currency)})" for one in products])


def cost_words(product: Product, currency: str) -> str:
    """What it costs to run; unknown is never 0."""
    if product.run_cost is None:
        return "cost not known yet"
    return f"{measure(product.run_cost, currency)} a year"


def gaps(coverage: Coverage) -> list[Gap]:
    """Goals that nobody serves, by weekly hours at stake."""
    return [
        Gap(
            anchor=f"goal-{row.goal.pk}",
            story=story_words(row.goal),
            persona=row.goal.persona.name,
            hours=hours_words(row.minutes_a_week),
        )
        for row in coverage.gaps
    ]


def summary(coverage: Coverage) -> str:
    """The answer first: how many goals are open, how many served twice."""
    twice = sum(1 for row in coverage.rows if row.doubles)
    return (
        f"{count(len(coverage.rows), 'goal')}: {count(len(coverage.gaps), 'gap')}, "
        f"{twice} served twice."
    )


def left_out(coverage: Coverage) -> str:
    """What is not shown, because nobody could read it; empty where all is."""
    parts = [
        f"{shown} of {total:,} {noun}"
        for shown, total, noun in (
            (len(coverage.rows), coverage.goals_total, "goals"),
            (len(coverage.products), coverage.products_total, "products"),
        )
        if shown < total
    ]
    return f"Shown: {and_list(parts)}. Filters narrow them." if parts else ""
