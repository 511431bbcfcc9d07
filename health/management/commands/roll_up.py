"""Work out health in the foreground: `manage.py roll_up [--product SLUG] [--as-of 2017-09-30]`."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.selectors import today
from health import services
from health.selectors import stale_products
from portfolio.models import Product
from portfolio.services import mark_stale_many


class Command(BaseCommand):
    """Everything that is stale; one product from scratch; or one day, kept from then on."""

    help = "Work out the health of all stale products, of one product, or of one day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--product` and `--as-of`, both optional."""
        parser.add_argument("--product", metavar="SLUG", help="only this product, all its days")
        parser.add_argument(
            "--as-of",
            type=dt.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="only this day; it is kept from then on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` for an unknown product and for a day that has not come yet."""
        now = timezone.now()
        ids = self._products(options["product"])
        day = options["as_of"]
        if day is None:
            services.sweep(now=now)
            if options["product"]:
                mark_stale_many(dict.fromkeys(ids, dt.date.min))
            ids = ids if options["product"] else stale_products()
        elif day > today(now):
            raise CommandError(f"{day} has not come yet.")
        changed = days = 0
        for chunk in services.chunks(ids):
            done = self._roll_up(chunk, day, now)
            days, changed = days + done.days, changed + done.changed
        self.stdout.write(
            f"{len(ids)} products, {days} product-days worked out, {changed} snapshots changed."
        )

    def _products(self, slug: str | None) -> list[int]:
        found = Product.objects.filter(slug=slug) if slug else Product.objects.all()
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        if slug and not ids:
            raise CommandError(f"There is no product with the address {slug!r}.")
        return ids

    def _roll_up(self, ids: list[int], day: dt.date | None, now: dt.datetime) -> services.RolledUp:
        if day is None:
            return services.roll_up_each(product_ids=ids, now=now)
        return services.roll_up_as_of(product_ids=ids, day=day, now=now)
