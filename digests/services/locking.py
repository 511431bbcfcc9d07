"""The editions of many issues; one that can't be drawn holds up no other."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import structlog
from django.db import OperationalError, transaction

from digests.services.editions import Parts, Voice, lock_issues

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Locked:
    """The parts by voice; `broken` are the issues that can't be drawn, with the traces of why."""

    parts: Parts
    broken: Mapping[int, str] = field(default_factory=dict)

    def trace_of(self, issue_id: int | None) -> str:
        """Where the log says why this issue can't be drawn; "" where it can."""
        return self.broken.get(issue_id, "") if issue_id is not None else ""


def lock_each(wanted: Collection[Voice], now: dt.datetime) -> Locked:
    """`lock_issues` for all together; where that fails, for one issue after the other.

    Raises:
        OperationalError: the database's trouble, such as a lock that somebody else holds for too
            long, says nothing about an issue; the caller's whole batch is tried again later.
    """
    try:
        with transaction.atomic():
            return Locked(lock_issues(wanted=wanted, now=now))
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001  # which of them it was shows below
        logger.warning("issues_locked_one_by_one", error=type(error).__name__)
    parts: Parts = {}
    broken: dict[int, str] = {}
    for issue_id in sorted({voice.issue_id for voice in wanted}):
        try:
            with transaction.atomic():
                own = {voice for voice in wanted if voice.issue_id == issue_id}
                parts |= lock_issues(wanted=own, now=now)
        except OperationalError:
            raise
        except Exception:  # its readers get the rest of their mail
            trace = uuid.uuid4().hex[:12]
            logger.exception("issue_not_drawn", issue_id=issue_id, trace=trace)
            broken[issue_id] = trace
    return Locked(parts, broken)
