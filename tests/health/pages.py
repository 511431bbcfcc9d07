"""What the tests of pages read in them."""

import re

from health import services
from tests.factories.health import (
    NOW,
    make_kpi,
    mark,
    measure,
)
from tests.htmx import parse, tree


def make_user(name="Eva", role="employee"):
    from accounts.models import User

    return User.objects.create(email=f"{name.lower()}@example.com", name=name, role=role)


def text_of(response):
    """The page's words, without markup."""
    html = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", response.content.decode())
    return " ".join(
        re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").replace("\xa0", " ").split()
    )


def names_of(response):
    """The products of the table in their order, each by the link to its page."""
    links = parse(response.content.decode()).select('#rows th[scope="row"] > a[href^="/products/"]')
    return [link.text for link in links]


def results_of(response):
    return tree(parse(response.content.decode()).select_one("#results"))


def board(client, query="", **headers):
    return client.get(f"/{query}", headers=headers)


def rolled_up(product, *values):
    for code, value in zip(("score", "minutes"), values, strict=False):
        group = {"score": "satisfaction", "minutes": "productivity"}[code]
        measure(make_kpi(product, code, metric={"group": group}), value)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    return product
