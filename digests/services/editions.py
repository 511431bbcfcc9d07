"""Editions are written when the first mail takes an issue, and never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict
from typing import NamedTuple

from django.db import transaction

from core.emails import absolute
from digests.models import Edition, Issue
from digests.presenters.drawing import draw
from digests.presenters.parts import part_of
from digests.rules import Length
from digests.rules.letter import Drawn, Part
from digests.rules.sheet import Sheet
from digests.selectors.sheets import sheet_of, sheets_of
from stakeholders.rules import Plan


class Voice(NamedTuple):
    """An issue as one kind of reader reads it; its editions are written at all three lengths.

    `weeks`: how many weeks it gathers, the newest item of each key.
    """

    issue_id: int
    plan: Plan
    for_team: bool = False
    weeks: int = 1


Parts = dict[Voice, dict[Length, Part]]


@transaction.atomic
def lock_issues(*, wanted: Collection[Voice], now: dt.datetime) -> Parts:
    """The parts of a mail for every voice at all lengths; editions are written where missing.

    The row of an issue that lacks some is the lock: whoever comes second finds the editions of the
    first. From now on nothing changes the issue (`locked_at`), nor an edition that exists. The
    number of statements doesn't depend on that of issues.
    """
    found = _kept(wanted)
    lacking = [voice for voice in found if len(found[voice]) < len(Length)]
    if lacking:
        ids = sorted({voice.issue_id for voice in lacking})
        list(Issue.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))
        found |= _kept(lacking)
        _write([voice for voice in lacking if len(found[voice]) < len(Length)], now)
        Issue.objects.filter(pk__in=ids, locked_at=None).update(locked_at=now)
        found |= _kept(lacking)
    return found


def preview(
    *, issue: Issue, plan: Plan, length: Length, for_team: bool = False, weeks: int = 1
) -> Drawn:
    """What `lock_issues` would write now; nothing is written."""
    return draw(sheet_of(issue, weeks), plan, length, for_team=for_team)


def _kept(wanted: Collection[Voice]) -> Parts:
    """The editions there are; neither those of other readers nor what they were drawn from."""
    found: Parts = {voice: {} for voice in wanted}
    rows = Edition.objects.filter(
        issue__in={voice.issue_id for voice in wanted},
        plan__in={voice.plan for voice in wanted},
        for_team__in={voice.for_team for voice in wanted},
        weeks__in={voice.weeks for voice in wanted},
    )
    for edition in rows.select_related("issue__product").defer("issue__facts"):
        plan, issue = Plan(edition.plan), edition.issue
        voice = Voice(issue.pk, plan, edition.for_team, edition.weeks)
        if voice in found:
            part = part_of(
                edition,
                product=issue.product.name,
                url=absolute(issue.product.get_absolute_url()),
                week=issue.week,
            )
            found[voice][part.length] = part
    return found


def _write(voices: Collection[Voice], now: dt.datetime) -> None:
    sheets = sheets_of({(voice.issue_id, voice.weeks) for voice in voices})
    Edition.objects.bulk_create(
        _edition(voice, length, sheets[voice.issue_id, voice.weeks], now)
        for voice in voices
        for length in Length
    )


def _edition(voice: Voice, length: Length, sheet: Sheet, now: dt.datetime) -> Edition:
    drawn = draw(sheet, voice.plan, length, for_team=voice.for_team)
    return Edition(
        issue_id=voice.issue_id,
        plan=voice.plan,
        length=length,
        for_team=voice.for_team,
        weeks=voice.weeks,
        made_at=now,
        **asdict(drawn),
    )
