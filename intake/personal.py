"""What intake knows about people: who asked, who came, and what they said."""

from __future__ import annotations

from core.personal import (
    ERASED_ADDRESS,
    PLACEHOLDER,
    Holding,
    PersonalData,
    about,
    identity,
    nothing,
    register,
    typed,
)

_CODE = nothing("a word of our own")
_RANDOM = nothing("random")
_ZONE = identity()
_OFFERING = {
    "title": typed(),
    "place": typed(),
    "link": typed(),
    "about": typed(),
    "time_zone": nothing("of the session, not of anybody"),
}


def _whose(**fields: Holding) -> dict[str, Holding]:
    """Searched for as well: a guest has no account by which the row would be found."""
    return {"name": about(PLACEHOLDER), "email": about(ERASED_ADDRESS), **fields}


def _table(model: str, noun: str, fields: dict[str, Holding], **of: object) -> None:
    register(PersonalData(model=f"intake.{model}", noun=noun, fields=fields, **of))  # type: ignore[arg-type]  # names of its own fields


_table("Holiday", "holidays", {"name": typed()})
_table("Series", "series of office hours", {**_OFFERING, "weekdays": nothing("numbers of days")})
_table("Session", "sessions", {**_OFFERING, "cancel_reason": typed()})
_table("Slot", "slots", {})
_table("SessionNote", "notes of sessions", {"text": typed()}, done_by=("by",))
_table("Booking", "bookings", _whose(time_zone=_ZONE), account="user_id", email="email")
_table("WaitingPlace", "waiting places", _whose(time_zone=_ZONE), account="user_id", email="email")
_table("IntakeLink", "shared links", {"label": typed()}, done_by=("by",))
_table("Draft", "drafts", {"answers": about({})}, account="user_id")
_table(
    "Request",
    "requests",
    {
        "reference": nothing("letters of the product and a number"),
        "goal": typed(),
        "today": typed(),
        "tried": typed(),
        "solution": typed(),
        "problem": typed(),
        "answer": typed(),
        "question": typed(),
        "status_before": _CODE,
    },
    done_by=("by", "assignee"),
)
_table("Voice", "voices", _whose(words=typed()), account="user_id", email="email")
_table("RequestStep", "events of requests", {"text": typed()}, done_by=("by",))
_table(
    "Attachment",
    "attachments",
    {"file": _RANDOM, "name": typed(), "kind": _CODE, "sha256": nothing("a hash")},
    done_by=("by",),
)
_table(
    "News",
    "days of news",
    {"recipient": identity(ERASED_ADDRESS)},
    email="recipient",
    rows_go=True,  # it says of whom something was told, on which day, and nothing else
)
_table("Notice", "notices", {})
_table("InboxPlan", "times of the inbox", {"times": nothing("times of day")}, account="user_id")
_table("InboxMail", "batches of the inbox", {}, account="user_id")
_table(
    "Opportunity",
    "opportunities",
    {"problem": typed(), "why": typed(), "alignment_why": typed(), "decision_reason": typed()},
    done_by=("by",),
)
_table("RequestLink", "links of requests", {}, done_by=("by",))
_table("OpportunityGoal", "goals of opportunities", {})
_table("Evidence", "pieces of evidence", {"why": typed()}, done_by=("by",))
_table(
    "OpportunityDecision",
    "decisions",
    {"reason": typed(), "favour_reason": typed()},
    done_by=("by",),
)
_table("Candidate", "candidate solutions", {"what": typed()})
_table("OpportunityMerge", "merges of opportunities", {"moved": nothing("keys")}, done_by=("by",))
_table("ReleasedOpportunity", "opportunities of releases", {}, done_by=("by",))
_table(
    "Experiment",
    "experiments",
    {"what": typed(), "criteria": typed(), "learned": typed()},
    done_by=("by",),
)
_table("ExperimentExtension", "extensions", {"reason": typed()}, done_by=("by",))
_table(
    "FieldNote",
    "field notes",
    _whose(text=typed()),
    account="user_id",
    email="email",
    done_by=("by",),
)
_table("Quote", "quotes", {"text": typed()})
_table("EdgeCase", "edge cases", {"what": typed(), "remedy": typed()})
