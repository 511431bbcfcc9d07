"""Products, their former addresses, what they are built on, and the marks of stale health."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.urls import reverse

from core.audit import audited
from portfolio.enums import Choice, Exchange, Kind, PeopleWord, Stage, Visibility, WorkType
from portfolio.models.structure import BusinessFunction, Portfolio, Team
from portfolio.querysets import ProductQuerySet, StaleMarkQuerySet


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
    # That all of it is still right; a change says so as well.
    confirmed_on = models.DateField("confirmed on", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
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
            # What `core.search` asks: parts of names, and names with a slip.
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="portfolio_product_name_trgm"),
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
