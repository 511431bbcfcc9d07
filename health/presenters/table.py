"""The table of the board: its columns, its rows, and the same as a CSV."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.as_of import AsOf
from core.charts import sparkline
from core.exports import Value
from core.formats import DASH, age, number, share, short_day, signed, whole
from core.templatetags.homegrown import status as status_mark
from health.enums import Status
from health.presenters.board import kind_of_change, product_url, stage_word
from health.rules import Status as Word
from health.selectors import WEEKS, BoardRow, HealthPoint
from portfolio import columns
from portfolio.columns import Cell, ListColumn
from portfolio.presenters.views import star

NAME_LABEL = "Product"
LINE = "line"
OwnCell = Callable[[BoardRow, AsOf], Cell]
Series = Mapping[int, Sequence[HealthPoint]]
_WORDS = {key: str(label).lower() for key, label in Status.choices}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One product of the table: what its first column says, then the columns that are shown."""

    pk: int
    slug: str
    name: str
    url: str
    note: str
    is_demo: bool
    shown: list[tuple[Cell, ListColumn]]
    star: SafeString


def _said(words: Callable[[BoardRow], str]) -> OwnCell:
    def cell(row: BoardRow, _when: AsOf) -> Cell:
        return Cell(words(row) or DASH, words(row) or None)

    return cell


def _status(row: BoardRow, _when: AsOf) -> Cell:
    return Cell(status_mark(row.status), _WORDS[row.status], "nowrap")


def _health(row: BoardRow, _when: AsOf) -> Cell:
    return Cell(format_html("<strong>{}</strong>", whole(row.health)), row.health)


def _confidence(row: BoardRow, _when: AsOf) -> Cell:
    known = row.status != Word.RETIRED
    return Cell(share(row.confidence / 100) if known else DASH, row.confidence if known else None)


def _trend(row: BoardRow, _when: AsOf) -> Cell:
    drawn = '<span class="delta delta-{}">{}</span>'
    words = format_html(drawn, kind_of_change(row.trend), signed(row.trend, 0))
    return Cell(words, row.trend, "nowrap")


def _reason(row: BoardRow, _when: AsOf) -> Cell:
    nothing = DASH if row.status == Word.RETIRED else "Nothing: every KPI is on plan"
    return Cell(row.reason or nothing, row.reason or None)


def _people(row: BoardRow, _when: AsOf) -> Cell:
    if row.head_count is None:
        return Cell(DASH, None, "nowrap")
    words = '{} <span class="cell-note">{}</span>'
    amount = format_html(words, number(row.head_count), row.people_word)
    return Cell(amount, row.head_count, "nowrap")


def _updated(row: BoardRow, when: AsOf) -> Cell:
    day = row.measured_on
    if day is None:
        return Cell(age(None), None, "nowrap")
    words = format_html('<span title="{}">{}</span>', short_day(day), age((when.day - day).days))
    return Cell(words, day, "nowrap")


def _day(_row: BoardRow, when: AsOf) -> Cell:
    return Cell(short_day(when.day, when.today), when.day, "nowrap")


def _stage(row: BoardRow) -> str:
    return stage_word(row.stage)


_USUAL: dict[ListColumn, OwnCell] = {
    ListColumn("status", "Status", numeric=False, sort="status"): _status,
    ListColumn("health", "Health", numeric=True, sort="health", falls_first=False): _health,
    ListColumn(
        "confidence", "Confidence", numeric=True, sort="confidence", falls_first=False
    ): _confidence,
    ListColumn("trend", "Trend", numeric=True, sort="trend", falls_first=False): _trend,
    ListColumn(LINE, f"{WEEKS} weeks", numeric=False, is_drawn=True): _day,  # drawn by _line
    ListColumn("reason", "What costs most", numeric=False, css="cell-wide"): _reason,
    ListColumn("people", "People", numeric=True, sort="people"): _people,
    ListColumn("updated", "Newest figure", numeric=True, sort="updated"): _updated,
}
_ON_REQUEST: dict[ListColumn, OwnCell] = {
    ListColumn("function", "Function", numeric=False): _said(attrgetter("function")),
    ListColumn("portfolio", "Portfolio", numeric=False): _said(attrgetter("portfolio")),
    ListColumn("stage", "Stage", numeric=False): _said(_stage),
    ListColumn("people_word", "We call them", numeric=False): _said(attrgetter("people_word")),
    ListColumn("slug", "Address", numeric=False): _said(attrgetter("slug")),
    ListColumn("day", "As of", numeric=False): _day,
}
_OWN = {column.key: cell for own in (_USUAL, _ON_REQUEST) for column, cell in own.items()}


def offered_columns() -> tuple[ListColumn, ...]:
    """All that the board can show beside the product's name; upper apps' where it has none alike.

    The board's own figures are of its day; what upper apps add is too.
    """
    theirs = [column for column in columns.registered() if column.key not in _OWN]
    return (*_USUAL, *theirs, *_ON_REQUEST)


def usual_columns() -> frozenset[str]:
    """The keys of what it shows unless it is asked for something else."""
    return frozenset(column.key for column in _USUAL)


def board_columns(typed: str) -> tuple[ListColumn, ...]:
    """The columns that `columns=` asks for; without it the usual ones."""
    return columns.chosen(offered_columns(), typed, usual_columns())


def board_rows(
    rows: Sequence[BoardRow],
    series: Series,
    when: AsOf,
    shown: Sequence[ListColumn],
    *,
    mixed: bool,
    kept: Collection[int] = (),
) -> list[TableRow]:
    """The rows of the table, formatted; `mixed`: demo products stand among real ones; `kept`: the
    keys of what is bookmarked.
    """
    theirs = _theirs(rows, when, shown)
    return [
        TableRow(
            pk=row.pk,
            slug=row.slug,
            name=row.name,
            url=product_url(row.slug, when),
            note=" · ".join(filter(None, (row.function or row.portfolio, stage_word(row.stage)))),
            is_demo=row.is_demo and mixed,
            shown=[(_cell(row, one.key, theirs[row.pk], series, when), one) for one in shown],
            star=star(row.slug, row.name, is_kept=row.pk in kept),
        )
        for row in rows
    ]


def board_csv(
    rows: Sequence[BoardRow], when: AsOf, shown: Sequence[ListColumn]
) -> tuple[list[str], list[list[Value]]]:
    """Head and lines of the CSV: the columns of the page as data, the drawn ones aside; what is not
    known is empty.
    """
    told = [column for column in shown if not column.is_drawn]
    theirs = _theirs(rows, when, told)
    lines: list[list[Value]] = [
        [row.name, *(_cell(row, one.key, theirs[row.pk], {}, when).sort for one in told)]
        for row in rows
    ]
    return [NAME_LABEL, *(column.label for column in told)], lines


def _theirs(
    rows: Sequence[BoardRow], when: AsOf, shown: Sequence[ListColumn]
) -> dict[int, dict[str, Cell]]:
    keys = {column.key for column in shown if column.key not in _OWN}
    return columns.cells_in([row.pk for row in rows], when, keys)


def _cell(row: BoardRow, key: str, theirs: Mapping[str, Cell], series: Series, when: AsOf) -> Cell:
    if key == LINE:
        return Cell(_line(row.name, [one.health for one in series.get(row.pk, ())]) or DASH)
    return _OWN[key](row, when) if key in _OWN else theirs[key]


def _line(name: str, values: Sequence[float | None]) -> SafeString | str:
    """Health over the last weeks; nothing where it was never known."""
    if all(value is None for value in values):
        return ""
    return sparkline(values, label=f"Health of {name}, {WEEKS} weeks", bounds=(0, 100))
