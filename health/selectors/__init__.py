"""Reads of the health app."""

from health.selectors.as_of import product_on, reading_of
from health.selectors.board import (
    SORTS,
    Board,
    BoardFilters,
    BoardOptions,
    BoardPage,
    BoardRow,
    BoardSummary,
    Reading,
    board_options,
    sort_key,
)
from health.selectors.facts import Question, window_facts
from health.selectors.plans import (
    CurrentPlan,
    SettingsRow,
    current_settings,
    plans,
    settings_by_id,
)
from health.selectors.product import ExemptionNote, ProductHealth, product_health
from health.selectors.scores import TREND_DAYS, Scored, Terms, score_days
from health.selectors.series import (
    WEEKS,
    HealthPoint,
    health_series,
    newest_scores,
    week_days,
)
from health.selectors.stale import (
    days_to_roll_up,
    is_being_worked_out,
    outlived,
    products_behind,
    stale_products,
)

__all__ = [
    "SORTS",
    "TREND_DAYS",
    "WEEKS",
    "Board",
    "BoardFilters",
    "BoardOptions",
    "BoardPage",
    "BoardRow",
    "BoardSummary",
    "CurrentPlan",
    "ExemptionNote",
    "HealthPoint",
    "ProductHealth",
    "Question",
    "Reading",
    "Scored",
    "SettingsRow",
    "Terms",
    "board_options",
    "current_settings",
    "days_to_roll_up",
    "health_series",
    "is_being_worked_out",
    "newest_scores",
    "outlived",
    "plans",
    "product_health",
    "product_on",
    "products_behind",
    "reading_of",
    "score_days",
    "settings_by_id",
    "sort_key",
    "stale_products",
    "week_days",
    "window_facts",
]
