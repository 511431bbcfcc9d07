"""Closed lists of the intake app, with the words that pages show."""

from __future__ import annotations

from django.db import models

from intake import rules


class SessionState(models.TextChoices):
    """Where a session of office hours stands."""

    OPEN = "open", "Open"
    CANCELLED = "cancelled", "Cancelled"
    CLOSED = "closed", "Closed"


class BookingState(models.TextChoices):
    """Where a seat in a slot stands; *offered* keeps it for somebody who waited."""

    BOOKED = "booked", "Booked"
    OFFERED = "offered", "Offered"
    CANCELLED = "cancelled", "Cancelled"
    ATTENDED = "attended", "Came"
    NO_SHOW = "no_show", "Did not come"


class WaitingState(models.TextChoices):
    """Where somebody on a waiting list stands."""

    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "Has an offer"
    TAKEN = "taken", "Took it"
    LAPSED = "lapsed", "Let it pass"
    LEFT = "left", "Left the list"


class Source(models.TextChoices):
    """How a request came in."""

    FORM = "form", "Intake form"
    LINK = "link", "Shared link"
    ON_BEHALF = "on_behalf", "Entered for somebody"
    SESSION = "session", "Office hours"
    MAIL = "mail", "E-mail"


class Status(models.TextChoices):
    """How far a request has come."""

    NEW = rules.Status.NEW, "New"
    UNDERSTOOD = rules.Status.UNDERSTOOD, "Understood"
    LINKED = rules.Status.LINKED, "Part of an opportunity"
    DECIDED = rules.Status.DECIDED, "Decided"
    CLOSED = rules.Status.CLOSED, "Closed"


class Outcome(models.TextChoices):
    """How a closed request ended."""

    SHIPPED = rules.Outcome.SHIPPED, "Shipped"
    DECLINED = rules.Outcome.DECLINED, "Not planned"
    ANSWERED = rules.Outcome.ANSWERED, "Answered"
    DUPLICATE = rules.Outcome.DUPLICATE, "Same as another"
    WITHDRAWN = rules.Outcome.WITHDRAWN, "Withdrawn"


class Decision(models.TextChoices):
    """What was decided about an opportunity."""

    NOW = rules.Decision.NOW, "Now"
    NEXT = rules.Decision.NEXT, "Next"
    LATER = rules.Decision.LATER, "Later"
    NO = rules.Decision.NO, "No"


class Frequency(models.TextChoices):
    """Per what somebody counts how often."""

    DAY = rules.Frequency.DAY, "a working day"
    WEEK = rules.Frequency.WEEK, "a week"
    MONTH = rules.Frequency.MONTH, "a month"
    YEAR = rules.Frequency.YEAR, "a year"


class VoiceKind(models.TextChoices):
    """Why somebody stands behind a request."""

    REQUESTER = "requester", "Asked"
    JOINER = "joiner", "That’s me too"


class StepKind(models.TextChoices):
    """What happened to a request."""

    SUBMITTED = "submitted", "Sent"
    JOINED = "joined", "Somebody joined"
    ADDED = "added", "Added to"
    ASKED = "asked", "Asked back"
    REPLIED = "replied", "Replied"
    UNDERSTOOD = "understood", "Understood"
    LINKED = "linked", "Made part of an opportunity"
    UNLINKED = "unlinked", "Taken out of an opportunity"
    DECIDED = "decided", "Decided"
    SHIPPED = "shipped", "Shipped"
    ANSWERED = "answered", "Answered"
    MERGED = "merged", "Found to be the same as another"
    UNMERGED = "unmerged", "Found to be different after all"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISAGREED = "disagreed", "Disagreed"
    REOPENED = "reopened", "Opened again"
    SNOOZED = "snoozed", "Put off"
    NOTED = "noted", "Noted in office hours"


class CandidateKind(models.TextChoices):
    """What kind of answer to a problem a candidate solution is; the first three come first."""

    PROCESS = "process", "Change the process"
    BUY = "buy", "Buy"
    NOTHING = "nothing", "Do nothing"
    BUILD = "build", "Build"
    ASKED = "asked", "As asked for"


BLANKS = (CandidateKind.PROCESS, CandidateKind.BUY, CandidateKind.NOTHING)
"""The candidates that every opportunity starts with: thought of before anything is built."""


class ExperimentOutcome(models.TextChoices):
    """What an experiment led to."""

    STOP = "stop", "Stop"
    CONTINUE = "continue", "Continue"


class FieldNoteKind(models.TextChoices):
    """How something was learned from people."""

    INTERVIEW = "interview", "Interview"
    OBSERVATION = "observation", "Observation"
    SUGGESTION = "suggestion", "Suggestion box"


class Consent(models.TextChoices):
    """What somebody agreed to."""

    NOT_ASKED = "not_asked", "Not asked"
    NOTES = "notes", "Notes may be kept"
    QUOTES = "quotes", "May be quoted without a name"
    NAMED = "named", "May be quoted by name"
