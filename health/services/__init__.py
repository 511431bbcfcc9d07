"""Every write of the health app."""

from health.services.roll_up import (
    DayNotPast,
    RolledUp,
    roll_up,
    roll_up_as_of,
    roll_up_each,
)
from health.services.settings import SettingsRefused, ensure_settings, save_settings
from health.services.sweep import sweep, sweep_once_a_day

__all__ = [
    "DayNotPast",
    "RolledUp",
    "SettingsRefused",
    "ensure_settings",
    "roll_up",
    "roll_up_as_of",
    "roll_up_each",
    "save_settings",
    "sweep",
    "sweep_once_a_day",
]
