"""What search finds of KPIs, and the pages on which their figures are recorded."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Case, FloatField, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import User
from core.search import CONTAINED, PREFIX, Hit, after_verbs, words_of
from kpis.models import Kpi, Metric
from kpis.querysets import KpiQuerySet
from portfolio.models import Membership, Product
from portfolio.selectors.found import find_product_pages, own_products

VERBS = ("record", "enter", "figures", "values")
RECORD = "Record figures for {}"
# Whoever types the name of a product wants the product; whoever says what to do wants that.
NAMED, SAID = 0.6, 0.96
OWN, OTHERS = 0.79, CONTAINED


def find_kpis(user: User, text: str, limit: int) -> list[Hit]:
    """KPIs of products that `user` may read, by metric and product; those of their own first."""
    if not text:
        return []
    kpis = kpis_named(Kpi.objects.all(), user, text)
    rows = kpis.values_list("pk", "metric__name", "product__name", "product__slug", "rank")
    return [
        Hit(str(pk), metric, reverse("kpis:kpi_detail", args=[slug, pk]), product, rank)
        for pk, metric, product, slug, rank in rows[:limit]
    ]


def find_records(user: User, text: str, limit: int) -> list[Hit]:
    """Where figures of a product or of one KPI are recorded, as far as `user` may record them."""
    rest = after_verbs(text, VERBS)
    products = Product.objects.visible_to(user).editable_by(user)
    asked, share = (text, NAMED) if rest is None else (rest, SAID)
    if not asked:
        products = own_products(user)
    hits = find_product_pages(products, asked, "kpis:record", RECORD, limit, share=share)
    if rest:
        editable = Kpi.objects.filter(product__in=products.order_by().values("pk"))
        rows = kpis_named(editable, user, rest).values_list(
            "pk", "metric__name", "product__name", "product__slug", "rank"
        )
        hits += [
            Hit(f"kpi {pk}", f"Record {metric} for {product}", _record_url(slug, pk), rank=rank)
            for pk, metric, product, slug, rank in rows[:limit]
        ]
    return sorted(hits, key=lambda hit: -hit.rank)[:limit]


def _record_url(slug: str, kpi_id: int) -> str:
    return reverse("kpis:measurement_create", args=[slug, kpi_id])


def kpis_named(kpis: KpiQuerySet, user: User, text: str) -> KpiQuerySet:
    """KPIs where each word stands in the metric or in the product's name, one at least in the
    metric: whoever types a product's name alone wants the product.
    """
    fits = Q(pk__in=[])
    for rest, metrics in _metrics_named(words_of(text)).items():
        in_product = [Q(product__name__icontains=word) for word in rest]
        fits |= Q(*in_product, metric__in=metrics)
    own = Membership.objects.filter(user_id=user.pk).values("product_id")
    begins = Q(metric__name__istartswith=text) | Q(metric__code__istartswith=text)
    visible = Product.objects.visible_to(user).filter(archived_on__isnull=True)
    return (
        kpis.filter(fits, product__in=visible.order_by().values("pk"))
        .annotate(
            rank=Case(
                When(begins & Q(product__in=own), then=Value(PREFIX)),
                When(Q(product__in=own), then=Value(OWN)),
                default=Value(OTHERS),
                output_field=FloatField(),
            )
        )
        .order_by("-rank", Lower("product__name"), "metric__name", "pk")
    )


def _metrics_named(words: list[str]) -> dict[tuple[str, ...], list[int]]:
    """The metrics that hold one of the words at least, by the words that they don't hold.

    There are a few dozen metrics and many thousand KPIs: most texts name no metric, and then no
    KPI has to be looked at.
    """
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for pk, name, code in Metric.objects.values_list("pk", "name", "code"):
        named = f"{name}\n{code}".casefold()
        rest = tuple(word for word in words if word.casefold() not in named)
        if len(rest) < len(words):
            found[rest].append(pk)
    return found
