"""When values are written: while their file is being read, where that can be, else at its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Self

from django.db import transaction

from imports.kinds import Job, Outcome
from kpis.services.loading.gathering import Gathered
from kpis.services.loading.parts import Part
from kpis.services.loading.plans import PlanRule
from kpis.services.loading.turns import Turns

STEP_WRITE = "Writing values"


class Writer:
    """Writes what a load has gathered, for the most part while its file is still being read.

    A file that goes by days leaves one month after the other behind: what it has said of them is
    written at once, so that the database works while the next lines are parsed. Should a later line
    go back, or name a KPI that the first month had not, all of it is taken back to a savepoint and
    written at the end, where nothing is left to come.

    A context: behind it nothing uses the connection any more. Inside, whoever else wants to use it
    does so in one of its `turns`.
    """

    def __init__(self, job: Job, gathered: Gathered, rules: Mapping[int, PlanRule]) -> None:
        self._job, self._gathered, self._rules = job, gathered, rules
        self._is_ahead = not rules  # a plan may need values of the whole file
        self.turns = Turns()
        self._part = Part(job, gathered, rules, self.turns)
        self._savepoint = ""
        self._until = dt.date.min

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._part.stop()

    def keep_up(self) -> None:
        """After every chunk: write the months that the file has left behind."""
        first = self._gathered.newest_day()
        if not self._is_ahead or first is None:
            return
        month = first.replace(day=1)
        if first < self._until:
            self._take_back()
        elif month > self._until:
            self._write_until(month)

    def finish(self, rows: int) -> Outcome:
        """Write what is left and tell it; the outcome speaks of KPIs and of each metric."""
        self._job.report(STEP_WRITE, rows, rows)
        if not self._write_until(dt.date.max):
            values = self._gathered.whole()
            self._part.resolve(values)
            self._part.write(values)
        return self._part.tell(rows)

    def _write_until(self, end: dt.date) -> bool:
        """Write what has been read of the days before, ahead of what is still to come."""
        is_last = end == dt.date.max
        if is_last and not self._savepoint:
            return False
        values = self._gathered.between(self._until, end)
        if values.is_empty():
            return is_last
        if not self._savepoint:
            self._savepoint = transaction.savepoint()
            self._part.resolve(values)
        if not self._part.write(values):
            self._take_back()
            return False
        self._until = end
        return True

    def _take_back(self) -> None:
        """Nothing of it has been told to anybody."""
        self._part.stop()
        transaction.savepoint_rollback(self._savepoint)
        self._savepoint, self._is_ahead = "", False
        self._part = Part(self._job, self._gathered, self._rules, self.turns)
