"""Every write of the health app."""

from health.services.locking import chunks
from health.services.recompute import DaysRefused, ask_recompute, recompute_some
from health.services.roll_up import (
    DayNotPast,
    RolledUp,
    roll_up,
    roll_up_as_of,
    roll_up_each,
)
from health.services.settings import (
    SettingsRefused,
    day_changed,
    ensure_settings,
    save_settings,
)
from health.services.sweep import sweep, sweep_once_a_day

__all__ = [
    "DayNotPast",
    "DaysRefused",
    "RolledUp",
    "SettingsRefused",
    "ask_recompute",
    "chunks",
    "day_changed",
    "ensure_settings",
    "recompute_some",
    "roll_up",
    "roll_up_as_of",
    "roll_up_each",
    "save_settings",
    "sweep",
    "sweep_once_a_day",
]
