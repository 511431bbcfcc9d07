"""One run over what is due: this thread claims and records, senders speak to the server.

Each turn records everything that came back meanwhile and claims as much again, in one transaction:
against a slow server every mail is committed alone, against a fast one many share a commit. So what
a crash can leave in doubt is what was handed out during one commit: a handful.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from queue import Empty

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from core.faults import reach
from core.mail import marks
from core.mail.claiming import Allowance, claim, count_due, extend, tidy
from core.mail.lanes import Lanes, take_lanes
from core.mail.outcomes import record_all
from core.mail.senders import NOT_BEGUN, Desk, Lease, Sender, seconds
from core.mail.switch import may_send
from core.models import MailPace, OutboundMail
from core.smtp import Outcome, Report

logger = structlog.get_logger(__name__)

# Below the time limit of a worker's task.
RUN_SECONDS = 100.0
AWAY_SECONDS = 30
MAILS_PER_LANE = 4
MOST_IN_HAND = 32
WAIT_SECONDS = 0.5
GOODBYE_SECONDS = 5.0
LONG = 10**9


def send_due(*, limit: int = LONG, seconds: float = RUN_SECONDS) -> int:
    """Send what is due, oldest first, for about `seconds`; how many mails reached an end.

    Raises:
        RuntimeError: inside a transaction, which would stay open across SMTP.
        OSError: the file with the mark can't be read or written.
    """
    with transaction.atomic(durable=True):
        tidy()
    if not may_send(timezone.now()):
        return 0
    due = count_due(most=min(limit, settings.MAIL_CONNECTIONS * MAILS_PER_LANE))
    if not due:
        return 0
    lanes = take_lanes(wanted=-(-due // MAILS_PER_LANE))
    try:
        return Run(lanes, limit, seconds).drain() if lanes.count else 0
    finally:
        lanes.release()


class Run:
    """What one run has in hand."""

    def __init__(self, lanes: Lanes, limit: int, for_seconds: float) -> None:
        self.lanes = lanes
        self.left = limit
        self.until = time.monotonic() + for_seconds
        self.lease = Lease(seconds() + settings.MAIL_LEASE_SECONDS)
        self.desk = Desk(self.lease)
        self.in_hand: dict[int, OutboundMail] = {}
        self.senders = [Sender(self.desk) for _ in range(lanes.count)]
        self.alive = lanes.count
        self.is_dry = False
        self.was_taken = False
        self.ended = 0

    def drain(self) -> int:
        """Until nothing is due, time is up or the server is away; how many mails ended."""
        for sender in self.senders:
            sender.start()
        try:
            reports: list[tuple[OutboundMail, Report]] = []
            while self._turn(reports):
                reports = self._collect()
        finally:
            self._dismiss()
            self._note_server()
        return self.ended

    def _dismiss(self) -> None:
        """Let the senders say goodbye before others may have their lanes."""
        for _ in self.senders:
            self.desk.todo.put(None)
        until = time.monotonic() + GOODBYE_SECONDS
        for sender in self.senders:
            sender.join(timeout=max(0.0, until - time.monotonic()))

    def _turn(self, reports: Sequence[tuple[OutboundMail, Report]]) -> bool:
        """Record and claim; whether there is anything to wait for."""
        mails = self._commit(reports, self._room(len(reports)))
        for mail in mails:
            self.in_hand[mail.pk] = mail
            self.desk.todo.put(mail)
        return bool(self.in_hand)

    def _room(self, came_back: int) -> int:
        """How many mails to claim: twice what a commit's time brought back, at least one a lane."""
        is_over = time.monotonic() > self.until or not self.lease.holds() or not self.alive
        if is_over or (self.is_dry and self.in_hand):
            return 0
        wanted = max(self.alive, min(2 * came_back, MOST_IN_HAND * self.alive))
        return max(0, min(wanted - len(self.in_hand), self.left))

    def _commit(
        self, reports: Sequence[tuple[OutboundMail, Report]], room: int
    ) -> list[OutboundMail]:
        """One transaction. While the database is away, what is known of mails is kept in hand."""
        while True:
            try:
                return self._commit_once(reports, room)
            except (OperationalError, InterfaceError):
                if not reports or not self.lease.holds():
                    raise
                logger.warning("mail_outcomes_kept", count=len(reports))
                connection.close()
                time.sleep(WAIT_SECONDS)
                room = 0

    def _commit_once(
        self, reports: Sequence[tuple[OutboundMail, Report]], room: int
    ) -> list[OutboundMail]:
        if not reports and not room:
            return []
        allowance: Allowance | None = None
        mails: list[OutboundMail] = []
        reach("mail.before_commit")
        with transaction.atomic(durable=True):
            ended = record_all(reports)
            if room:
                allowance, mails = claim(room)
        self.ended += ended
        self.left -= len(mails)
        self.is_dry = len(mails) < room
        if allowance is not None:
            marks.raise_to(allowance.mark)
        reach("mail.claimed")
        return mails

    def _collect(self) -> list[tuple[OutboundMail, Report]]:
        """Wait for something to come back, then take all that has."""
        reports: list[tuple[OutboundMail, Report]] = []
        while not reports:
            self._keep_lease()
            try:
                reports.append(self.desk.done.get(timeout=settings.MAIL_LEASE_SECONDS / 4))
            except Empty:
                if not any(sender.is_alive() for sender in self.senders):
                    raise RuntimeError("No sender of mail is alive.") from None
        while not self.desk.done.empty():
            reports.append(self.desk.done.get())
        self._look_at(reports)
        for mail, _ in reports:
            del self.in_hand[mail.pk]
        return reports

    def _look_at(self, reports: list[tuple[OutboundMail, Report]]) -> None:
        """Senders that could not reach the server have gone; without any, nothing is sent."""
        outcomes = [report.outcome for _, report in reports]
        if Outcome.UNTRIED in outcomes:
            self.until = 0.0
        self.was_taken = self.was_taken or Outcome.ACCEPTED in outcomes
        self.alive -= outcomes.count(Outcome.UNREACHABLE)
        while not self.alive and not self.desk.todo.empty():
            mail = self.desk.todo.get()
            if mail is not None:
                reports.append((mail, Report(Outcome.UNTRIED, NOT_BEGUN)))
        if not self.alive:
            self.away_why = reports[0][1].text

    away_why = ""

    def _keep_lease(self) -> None:
        """Hold everything in hand for longer, unless it may have passed to others already."""
        length = settings.MAIL_LEASE_SECONDS
        if not self.lease.holds() or self.lease.ends - seconds() > length * 2 / 3:
            return
        ends = seconds() + length
        extend(list(self.in_hand))
        self.lanes.keep()
        self.lease.ends = ends

    def _note_server(self) -> None:
        """Remember that the server is away, so that nobody asks for a while; or that it is back."""
        pace = MailPace.objects.filter(pk=1)
        if not self.alive:
            away_until = Now() + dt.timedelta(seconds=AWAY_SECONDS)
            pace.update(
                away_since=Coalesce("away_since", Now()),
                away_until=away_until,
                away_why=self.away_why,
            )
        elif self.was_taken:
            pace.filter(away_since__isnull=False).update(
                away_since=None, away_until=None, away_why=""
            )
