"""Imports and mappings as lines of lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from core.formats import count, number, short_day
from core.periods import local_date
from imports.enums import RunState
from imports.models import ImportRun
from imports.presenters.outcomes import outcome_words
from imports.presenters.words import NOBODY, kind_label

# A count of things that were left out says so in the colour of something to look at.
CHIPS = {
    RunState.MAPPING: ("watch", "table"),
    RunState.CHECKING: ("accent", "hourglass"),
    RunState.READY: ("accent", "eye"),
    RunState.PUBLISHING: ("accent", "hourglass"),
    RunState.DONE: ("", "check"),
    RunState.UNDOING: ("accent", "hourglass"),
    RunState.UNDONE: ("", "arrow-back-up"),
    RunState.CANCELLED: ("", "ban"),
    RunState.FAILED: ("risk", "alert-triangle"),
}


@dataclass(frozen=True, slots=True)
class RunLine:
    """An import in the list of imports."""

    url: str
    file_name: str
    kind: str
    state: str
    chip: str
    icon: str
    who: str
    when: dt.datetime
    result: str


def run_line(run: ImportRun) -> RunLine:
    """The line of an import whose person is at hand."""
    chip, icon = CHIPS[RunState(run.state)]
    return RunLine(
        url=run.get_absolute_url(),
        file_name=run.file_name,
        kind=kind_label(run.kind),
        state=str(run.get_state_display()),
        chip=chip,
        icon=icon,
        who=str(run.by or NOBODY),
        when=run.created_at,
        result=outcome_words(run),
    )


@dataclass(frozen=True, slots=True)
class MappingLine:
    """A saved mapping in a list, and above its own page."""

    url: str
    name: str
    kind: str
    used: str
    used_words: str
    who: str
    when: dt.datetime


def mapping_line(mapping: Any) -> MappingLine:
    """The line of a mapping that carries `used`."""
    return MappingLine(
        url=mapping.get_absolute_url(),
        name=mapping.name,
        kind=kind_label(mapping.kind),
        used=number(mapping.used),
        used_words=count(mapping.used, "import"),
        who=str(mapping.created_by or NOBODY),
        when=mapping.updated_at,
    )


def before_words(run: ImportRun, zone: str) -> str:
    """What is said of a file that was imported before; its day is one of the time zone."""
    when = short_day(local_date(run.finished_at, zone)) if run.finished_at else "an earlier day"
    who = f" by {run.by}" if run.by else ""
    return f"This very file was imported on {when}{who}. Importing it again changes nothing."
