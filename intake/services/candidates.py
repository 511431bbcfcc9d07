"""Ways to solve a problem: thought about before one is chosen."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from core.versions import change_row
from intake.enums import BLANKS, CandidateKind
from intake.models import Candidate, Opportunity
from intake.services.opportunities import locked, touch


@transaction.atomic
def add_candidate(*, opportunity: Opportunity, kind: str, what: str, now: dt.datetime) -> Candidate:
    """Another way; the same one twice is one.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
    """
    row = locked(opportunity.pk)
    kind = CandidateKind(kind)
    known: Candidate | None = row.candidates.filter(kind=kind, what=what).first()
    if known is not None:
        return known
    last: int | None = row.candidates.aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    touch(row, now)
    made: Candidate = row.candidates.create(kind=kind, what=what, position=place)
    return made


@transaction.atomic
def change_candidate(
    *, candidate: Candidate, version: int, what: str, now: dt.datetime
) -> Candidate:
    """Say what it would mean, over what was read at `version`.

    Raises:
        Candidate.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
    """
    row = locked(candidate.opportunity_id)
    before = row.candidates.get(pk=candidate.pk)
    after, has_changed = change_row(before, version, {"what": what})
    if has_changed:
        touch(row, now)
    return after


@transaction.atomic
def choose_candidate(*, candidate: Candidate, now: dt.datetime, is_chosen: bool = True) -> None:
    """Choose it, and no other; or none (`is_chosen` False).

    Raises:
        Candidate.DoesNotExist: it is gone.
    """
    row = locked(candidate.opportunity_id)
    chosen = row.candidates.get(pk=candidate.pk)
    row.candidates.exclude(pk=chosen.pk).filter(is_chosen=True).update(is_chosen=False)
    row.candidates.filter(pk=chosen.pk).exclude(is_chosen=is_chosen).update(is_chosen=is_chosen)
    touch(row, now)


@transaction.atomic
def remove_candidate(*, candidate: Candidate, now: dt.datetime) -> None:
    """Take one away that somebody added; the first three only become blank again.

    Raises:
        Opportunity.DoesNotExist: the opportunity is gone, or merged into another.
    """
    row = locked(candidate.opportunity_id)
    which = row.candidates.filter(pk=candidate.pk)
    if candidate.kind in BLANKS:
        which.update(what="", is_chosen=False)
    else:
        which.delete()
    touch(row, now)
