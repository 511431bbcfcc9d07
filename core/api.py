"""What the API of every app shares: the day in the query, the shape of refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Schema

from core.as_of import AsOf, asked_day
from core.problems import Problem


class DayQuery(Schema):
    """Which day."""

    as_of: str = Field(
        "",
        description="The day, like 2017-09-30; today without it.",
        json_schema_extra={"format": "date"},
    )


class ProblemOut(Schema):
    """What is wrong (RFC 9457); `errors` beside it names parameters and reasons."""

    type: str
    title: str
    status: int
    detail: str


PROBLEMS: dict[int, Any] = dict.fromkeys((401, 404, 405, 422), ProblemOut)


def day_of(request: HttpRequest, today: dt.date) -> AsOf:
    """The day that the request asks about.

    Raises:
        Problem: 422, it is none that can be shown.
    """
    when = asked_day(request.GET, today)
    if when.problem:
        raise Problem(422, when.problem, {when.name: when.problem})
    return when
