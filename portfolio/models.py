"""Portfolios, products, the people who work on them, and the marks of stale health."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from core.audit import audited
from portfolio.enums import (
    Choice,
    Exchange,
    Kind,
    MemberRole,
    PeopleWord,
    Shape,
    Stage,
    Visibility,
    WorkType,
)
from portfolio.querysets import PortfolioQuerySet, ProductQuerySet, StaleMarkQuerySet


@audited()
class Portfolio(models.Model):
    """A group of products that answers to the same leads."""

    name = models.CharField("name", max_length=120)
    slug = models.SlugField("address", max_length=80, unique=True)
    description = models.TextField("what it is for", max_length=2000, blank=True, default="")
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="portfolio_portfolio_name_unique",
                violation_error_message="There is already a portfolio with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portfolio:portfolio_detail", args=[self.slug])


@audited()
class Team(models.Model):
    """The people who build products together."""

    name = models.CharField("name", max_length=120)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="portfolio_team_name_unique",
                violation_error_message="There is already a team with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class BusinessFunction(models.Model):
    """The part of the business whose needs a product answers: sales, finance, legal, …"""

    name = models.CharField("name", max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="portfolio_function_name_unique",
                violation_error_message="There is already a business function with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audited(exclude=["form_token"])
class Product(models.Model):
    """Anything a team builds for colleagues (domain.md §1).

    `people_word` is written by services alone, and so is `audience_word`: what the audiences give
    it, empty where nobody has told any apart. `form_token` is the form that created the product:
    sending the same form twice makes one product.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="products")
    name = models.CharField("name", max_length=200)
    slug = models.SlugField("address", max_length=200, unique=True)
    kind = models.CharField("kind", max_length=12, choices=Kind, default=Kind.PRODUCT)
    work_type = models.CharField(
        "type of work", max_length=20, choices=WorkType, blank=True, default=""
    )
    function = models.ForeignKey(
        BusinessFunction,
        verbose_name="business function",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
    )
    stage = models.CharField("stage", max_length=10, choices=Stage, default=Stage.DISCOVERY)
    stage_since = models.DateField("in this stage since", editable=False)
    choice = models.CharField("choice", max_length=10, choices=Choice, default=Choice.OPTIONAL)
    exchange = models.CharField("exchange", max_length=8, choices=Exchange, default=Exchange.NONE)
    people_word = models.CharField(
        "what we call its people",
        max_length=10,
        choices=PeopleWord,
        default=PeopleWord.USERS,
        editable=False,
    )
    audience_word = models.CharField(
        "what its audiences are called together",
        max_length=10,
        choices=PeopleWord,
        blank=True,
        default="",
        editable=False,
    )
    head_count = models.PositiveIntegerField("people it is for", null=True, blank=True)
    run_cost = models.PositiveBigIntegerField("cost to run a year", null=True, blank=True)
    mission = models.CharField("mission", max_length=300, blank=True, default="")
    description = models.TextField("description", max_length=5000, blank=True, default="")
    link = models.URLField("where to find it", max_length=500, blank=True, default="")
    team = models.ForeignKey(
        Team,
        verbose_name="team",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="products",
    )
    visibility = models.CharField(
        "who can see it", max_length=10, choices=Visibility, default=Visibility.COMPANY
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="products"
    )
    depends_on = models.ManyToManyField(
        "self",
        through="Dependency",
        through_fields=("product", "needs"),
        symmetrical=False,
        related_name="dependants",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    archived_on = models.DateField("archived on", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(Lower("name"), "id", name="portfolio_product_by_name"),
            models.Index(fields=["-updated_at", "id"], name="portfolio_product_by_update"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="portfolio_product_stage_known"
            ),
            models.CheckConstraint(
                condition=models.Q(choice__in=Choice.values),
                name="portfolio_product_choice_known",
            ),
            models.CheckConstraint(
                condition=models.Q(exchange__in=Exchange.values),
                name="portfolio_product_exchange_known",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values),
                name="portfolio_product_visibility_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portfolio:product_detail", args=[self.slug])


class ProductSlug(models.Model):
    """An address a product once had; pages redirect from it for ever."""

    slug = models.SlugField(max_length=200, primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="old_slugs")
    since = models.DateTimeField()

    class Meta:
        verbose_name = "old address"
        verbose_name_plural = "old addresses"

    def __str__(self) -> str:
        return self.slug


@audited()
class Membership(models.Model):
    """What one person may do in one product."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        "role", max_length=12, choices=MemberRole, default=MemberRole.CONTRIBUTOR
    )
    shape = models.CharField("shape", max_length=1, choices=Shape, blank=True, default="")
    stakeholder_grant = models.BooleanField("may see the stakeholder map", default=False)

    class Meta:
        verbose_name = "member"
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="portfolio_membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=MemberRole.values),
                name="portfolio_membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.product}"


@audited()
class PortfolioLead(models.Model):
    """A person who answers for a whole portfolio."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="leads"
    )
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="leads")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "portfolio"], name="portfolio_lead_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} leads {self.portfolio}"


@audited()
class Dependency(models.Model):
    """`product` is built on `needs`."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="dependencies")
    needs = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="dependant_links")

    class Meta:
        verbose_name_plural = "dependencies"
        constraints = [
            models.UniqueConstraint(fields=["product", "needs"], name="portfolio_dependency_once"),
            models.CheckConstraint(
                condition=~models.Q(product=models.F("needs")),
                name="portfolio_dependency_not_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} needs {self.needs}"


class StaleMark(models.Model):
    """The product's health from `from_date` on has to be worked out again.

    Insert-only: written in the transaction of the change that caused it, deleted by the roll-up
    that read it. A mark is a row, never a message, so losing the broker loses nothing.
    """

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="stale_marks")
    from_date = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StaleMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "mark of stale health"
        verbose_name_plural = "marks of stale health"

    def __str__(self) -> str:
        return f"product {self.product_id} from {self.from_date}"
