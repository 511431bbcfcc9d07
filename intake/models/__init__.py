"""Office hours, requests, opportunities and research."""

from intake.models.bookings import Booking, WaitingPlace
from intake.models.experiments import Experiment, ExperimentExtension
from intake.models.hours import Holiday, Series, Session, SessionNote, Slot
from intake.models.inbox import InboxMail, InboxPlan
from intake.models.news import News, Notice
from intake.models.opportunities import (
    Candidate,
    Evidence,
    Opportunity,
    OpportunityDecision,
    OpportunityGoal,
    OpportunityMerge,
    ReleasedOpportunity,
    RequestLink,
)
from intake.models.requests import (
    Attachment,
    Draft,
    IntakeLink,
    Request,
    RequestStep,
    Voice,
)
from intake.models.research import EdgeCase, FieldNote, Quote

__all__ = [
    "Attachment",
    "Booking",
    "Candidate",
    "Draft",
    "EdgeCase",
    "Evidence",
    "Experiment",
    "ExperimentExtension",
    "FieldNote",
    "Holiday",
    "InboxMail",
    "InboxPlan",
    "IntakeLink",
    "News",
    "Notice",
    "Opportunity",
    "OpportunityDecision",
    "OpportunityGoal",
    "OpportunityMerge",
    "Quote",
    "ReleasedOpportunity",
    "Request",
    "RequestLink",
    "RequestStep",
    "Series",
    "Session",
    "SessionNote",
    "Slot",
    "Voice",
    "WaitingPlace",
]
