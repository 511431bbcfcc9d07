"""Closed lists of the portfolio app, with the words that pages show."""

from django.db import models

from portfolio import rules


class Mine(models.TextChoices):
    """Which products of one's own a list is about."""

    BOOKMARKS = "bookmarks", "My bookmarks"
    MANAGED = "managed", "Those I manage"


class Kind(models.TextChoices):
    """What the team builds: not everything is a product."""

    PRODUCT = "product", "Product"
    SERVICE = "service", "Service"
    PLATFORM = "platform", "Platform"
    EXPERIENCE = "experience", "Experience"


class WorkType(models.TextChoices):
    """The five types of work behind internal products."""

    DIGITISING = "digitising", "Digitising"
    AUTOMATING = "automating", "Automating"
    INTEGRATING = "integrating", "Integrating"
    BUILDING_BLOCK = "building_block", "Building block"
    DEMOCRATISING_DATA = "democratising_data", "Democratising data"


class Stage(models.TextChoices):
    """Where a product stands in its life."""

    DISCOVERY = rules.Stage.DISCOVERY, "Discovery"
    PILOT = rules.Stage.PILOT, "Pilot"
    ROLLOUT = rules.Stage.ROLLOUT, "Rollout"
    GROWTH = rules.Stage.GROWTH, "Growth"
    MATURE = rules.Stage.MATURE, "Mature"
    SUNSET = rules.Stage.SUNSET, "Sunset"
    RETIRED = rules.Stage.RETIRED, "Retired"


class Choice(models.TextChoices):
    """Whether people could do without the product."""

    OPTIONAL = rules.Choice.OPTIONAL, "Optional: real alternatives exist"
    DEFAULT = rules.Choice.DEFAULT, "Default: encouraged, another way exists"
    MANDATED = rules.Choice.MANDATED, "Mandated: no other way"


class Exchange(models.TextChoices):
    """What people knowingly give for the product."""

    MONEY = rules.Exchange.MONEY, "Money: a charge-back"
    EFFORT = rules.Exchange.EFFORT, "Effort: time, data or budget given knowingly"
    NONE = rules.Exchange.NONE, "None"


class PeopleWord(models.TextChoices):
    """The word for the product's people."""

    CUSTOMERS = rules.PeopleWord.CUSTOMERS, "customers"
    PARTNERS = rules.PeopleWord.PARTNERS, "partners"
    USERS = rules.PeopleWord.USERS, "users"


class Visibility(models.TextChoices):
    """Who may read the product's pages."""

    COMPANY = "company", "Everyone in the company"
    PORTFOLIO = "portfolio", "People who work in its portfolio"
    TEAM = "team", "Its own members and the portfolio's leads"


class MemberRole(models.TextChoices):
    """What a member does for the product."""

    MANAGER = "manager", "Product manager"
    CONTRIBUTOR = "contributor", "Contributor"


class Shape(models.TextChoices):
    """How a product manager works: deep in one area, or over the whole life cycle."""

    I_SHAPED = "I", "I-shaped: a specialist"
    T_SHAPED = "T", "T-shaped: the whole life cycle"


class ReleaseKind(models.TextChoices):
    """What a release note tells of."""

    NEW = "new", "New"
    IMPROVED = "improved", "Improved"
    FIXED = "fixed", "Fixed"
    WIN = "win", "Win"
    LESSON = "lesson", "Lesson"


class ReleaseAudience(models.TextChoices):
    """Who may read a release note."""

    EVERYONE = "everyone", "Everyone who sees the product"
    TEAM = "team", "The product’s team"


class DecisionState(models.TextChoices):
    """Where a decision that is needed stands."""

    OPEN = "open", "Open"
    DECIDED = "decided", "Decided"
    DROPPED = "dropped", "No longer needed"


class RiskState(models.TextChoices):
    """Where a risk stands."""

    OPEN = "open", "Open"
    OVER = "over", "Over"
    HAPPENED = "happened", "It happened"


class Severity(models.IntegerChoices):
    """How bad it would be if it happened (domain.md §1: 1–3)."""

    BEARABLE = 1, "1: people would hardly notice"
    HURTS = 2, "2: people’s work would suffer"
    STOPS = 3, "3: people’s work would stop"
