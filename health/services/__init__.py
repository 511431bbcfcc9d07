"""Every write of the health app."""

from health.services.roll_up import (
    DayNotPast,
    RolledUp,
    roll_up,
    roll_up_as_of,
    roll_up_each,
    sweep,
)
from health.services.settings import SettingsRefused, ensure_settings, save_settings

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
]
