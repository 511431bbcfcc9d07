"""Reads of the health app."""

from health.selectors.adoption import Adoption, adoption_of, may_have_adoption
from health.selectors.as_of import reading_of
from health.selectors.board import (
    SORTS,
    Board,
    BoardFilters,
    BoardOptions,
    BoardRow,
    BoardSummary,
    Reading,
    board_options,
    sort_key,
)
from health.selectors.compare import (
    MOVED_SORTS,
    Comparison,
    DayRows,
    MovedRow,
    MovedSummary,
    Side,
)
from health.selectors.export import Exported, ExportedKpi, exported
from health.selectors.facts import Question, window_facts
from health.selectors.plans import (
    CurrentPlan,
    SettingsRow,
    current_settings,
    plans,
    settings_by_id,
)
from health.selectors.product import ExemptionNote, ProductHealth, product_health
from health.selectors.scores import TREND_DAYS, Scored, score_days
from health.selectors.series import (
    WEEKS,
    DayScore,
    HealthPoint,
    health_series,
    newest_figure,
    scores_on,
    week_days,
)
from health.selectors.stale import (
    beginnings,
    days_to_roll_up,
    is_being_worked_out,
    outlived,
    products_behind,
    stale_products,
)
from health.selectors.stored import Terms

__all__ = [
    "MOVED_SORTS",
    "SORTS",
    "TREND_DAYS",
    "WEEKS",
    "Adoption",
    "Board",
    "BoardFilters",
    "BoardOptions",
    "BoardRow",
    "BoardSummary",
    "Comparison",
    "CurrentPlan",
    "DayRows",
    "DayScore",
    "ExemptionNote",
    "Exported",
    "ExportedKpi",
    "HealthPoint",
    "MovedRow",
    "MovedSummary",
    "ProductHealth",
    "Question",
    "Reading",
    "Scored",
    "SettingsRow",
    "Side",
    "Terms",
    "adoption_of",
    "beginnings",
    "board_options",
    "current_settings",
    "days_to_roll_up",
    "exported",
    "health_series",
    "is_being_worked_out",
    "may_have_adoption",
    "newest_figure",
    "outlived",
    "plans",
    "product_health",
    "products_behind",
    "reading_of",
    "score_days",
    "scores_on",
    "settings_by_id",
    "sort_key",
    "stale_products",
    "week_days",
    "window_facts",
]
