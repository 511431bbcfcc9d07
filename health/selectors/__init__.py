"""Reads of the health app."""

from health.selectors.facts import Question, window_facts
from health.selectors.plans import (
    CurrentPlan,
    SettingsRow,
    current_settings,
    plans,
    settings_by_id,
)
from health.selectors.scores import Scored, Terms, score_days
from health.selectors.stale import days_to_roll_up, outlived, products_behind, stale_products

__all__ = [
    "CurrentPlan",
    "Question",
    "Scored",
    "SettingsRow",
    "Terms",
    "current_settings",
    "days_to_roll_up",
    "outlived",
    "plans",
    "products_behind",
    "score_days",
    "settings_by_id",
    "stale_products",
    "window_facts",
]
