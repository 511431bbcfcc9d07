"""Closed lists of the stakeholders app, with the words that pages show."""

from __future__ import annotations

from django.db import models

from stakeholders import rules


class Animal(models.TextChoices):
    """The quadrant of a place on the map; computed, never stored."""

    LION = rules.Animal.LION, "Lion"
    ELEPHANT = rules.Animal.ELEPHANT, "Elephant"
    MONKEY = rules.Animal.MONKEY, "Monkey"
    DEER = rules.Animal.DEER, "Deer"


class Zone(models.TextChoices):
    """The neutral professional name of a quadrant."""

    LION = rules.Animal.LION, "Keep satisfied"
    ELEPHANT = rules.Animal.ELEPHANT, "Work together"
    MONKEY = rules.Animal.MONKEY, "Keep involved"
    DEER = rules.Animal.DEER, "Keep informed"


class Audience(models.TextChoices):
    """What kind of words somebody reads with ease."""

    BUSINESS = "business", "Business"
    TECHNICAL = "technical", "Technical"
    EXECUTIVE = "executive", "Executive"


class Plan(models.TextChoices):
    """Which form of the weekly digest."""

    BRIEF = rules.Plan.BRIEF, "Executive brief"
    ROADMAP = rules.Plan.ROADMAP, "Roadmap digest"
    NEWSLETTER = rules.Plan.NEWSLETTER, "Newsletter"


class ContactKind(models.TextChoices):
    """How a contact happened."""

    BRIEFING = rules.ContactKind.BRIEFING, "Personal briefing"
    MEETING = rules.ContactKind.MEETING, "Roadmap meeting"
    OFFICE_HOURS = rules.ContactKind.OFFICE_HOURS, "Invitation to office hours"
    MAIL = rules.ContactKind.MAIL, "Mail"


class OwedContact(models.TextChoices):
    """Which personal contact a plan of somebody's own owes them."""

    BRIEFING = rules.ContactKind.BRIEFING, "Personal briefing"
    MEETING = rules.ContactKind.MEETING, "Roadmap meeting"
    OFFICE_HOURS = rules.ContactKind.OFFICE_HOURS, "Invitation to office hours"
    NONE = rules.NO_CONTACT, "No personal contact"


class Outcome(models.TextChoices):
    """What was remarkable about a contact."""

    ESCALATION = rules.Outcome.ESCALATION, "They escalated something"
    NO_REPLY = rules.Outcome.NO_REPLY, "They did not reply"


class Mood(models.IntegerChoices):
    """How the person was at a contact."""

    ANGRY = -2, "Angry"
    UNEASY = -1, "Uneasy"
    NEUTRAL = 0, "Neutral"
    PLEASED = 1, "Pleased"
    DELIGHTED = 2, "Delighted"


class MoveKind(models.TextChoices):
    """What happened to somebody's place."""

    PLACED = "placed", "Placed"
    MOVED = "moved", "Moved"
    REMOVED = "removed", "Taken off the map"


class SuggestionKey(models.TextChoices):
    """What the contacts of somebody suggest about their place."""

    MORE_POWER = rules.SuggestionKey.MORE_POWER, "They may have more power than the map says"
    LESS_POWER = rules.SuggestionKey.LESS_POWER, "They may have less power than the map says"
