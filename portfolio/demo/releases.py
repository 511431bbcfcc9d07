"""Release notes of the demo company, as `releases.toml` lists them."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

from accounts.selectors import today
from portfolio import services
from portfolio.enums import ReleaseAudience
from portfolio.models import Membership, Product, Release

NOTES = Path(__file__).with_name("releases.toml")


def seed_releases(now: dt.datetime) -> None:
    """Writes and publishes the notes; does nothing where there are some already."""
    if Release.objects.filter(is_demo=True).exists():
        return
    products = {one.slug: one for one in Product.objects.filter(is_demo=True)}
    for row in tomllib.loads(NOTES.read_text())["release"]:
        product = products.get(row["product"])
        if product is None:
            continue
        at = now - dt.timedelta(days=row["ago"])
        manager = Membership.objects.filter(product=product).order_by("-role", "pk").first()
        by = manager.user if manager else None
        release = services.write_release(
            product=product,
            fields={
                "day": today(at),
                "kind": row["kind"],
                "title": row["title"],
                "text": row["text"].strip(),
                "audience": row.get("audience", ReleaseAudience.EVERYONE),
            },
            by=by,
            now=at,
            is_demo=True,
        )
        if not row.get("draft"):
            services.publish_release(release=release, by=by, now=at)
