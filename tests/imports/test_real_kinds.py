"""The pages with the kinds that the apps above bring: products and values, by a product manager."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from imports import services
from imports.models import ImportRun
from kpis.models import Measurement
from tests.factories.kpis import KpiFactory, builtin_metric
from tests.factories.portfolio import LeadFactory
from tests.htmx import open_page, values_of

pytestmark = pytest.mark.django_db

PRODUCTS = "Name,Department,Stage,Mission\nLamp desk,Sea,pilot,Light for all\n,Sea,pilot,\n"
VALUES = "product,metric,date,value\nlamp-desk,mau,2026-01-31,12\nlamp-desk,mau,31/02/2026,13\n"


def through_the_pages(client: Client, kind: str, text: str) -> tuple[ImportRun, Any]:
    """Send the file, take the guess as it is, and have it checked and imported."""
    file = SimpleUploadedFile("file.csv", text.encode())
    sent = client.post("/imports/new/", {"kind": kind, "token": uuid4(), "file": file})
    desk = open_page(client, sent.url)
    form = values_of(desk.soup, desk.soup.select_one("#mapping"))
    assert client.post(sent.url, {**form, "do": "see"}).status_code == 200
    run = ImportRun.objects.get()
    assert client.post(sent.url, {**form, "do": "check"}).url == run.get_absolute_url()
    services.work_on(run_id=run.pk, now=timezone.now())
    client.post(f"{run.get_absolute_url()}start/")
    services.work_on(run_id=run.pk, now=timezone.now())
    run.refresh_from_db()
    assert run.state == "done"
    return run, desk


def test_products(client: Client) -> None:
    lead = LeadFactory(portfolio__name="Sea")
    client.force_login(lead.user)
    run, desk = through_the_pages(client, "products", PRODUCTS)
    assert "Lamp desk" in desk.soup.select_one("#values tbody").text
    assert desk.soup.select_one("#values thead th").text == "Name"
    product = lead.portfolio.products.get()
    assert (product.name, product.stage) == ("Lamp desk", "pilot")
    page = open_page(client, run.get_absolute_url())
    assert "It brought 1 new entry; 1 could not be taken" in page.text
    assert not page.soup.select(".page-actions .button-primary[href^='/?as_of']")


def test_values(client: Client) -> None:
    lead = LeadFactory()
    kpi = KpiFactory(
        metric=builtin_metric("mau"),
        product__slug="lamp-desk",
        product__portfolio=lead.portfolio,
    )
    client.force_login(lead.user)
    run, desk = through_the_pages(client, "measurements", VALUES)
    assert "31 Jan 2026" in desk.soup.select_one("#values").text
    assert Measurement.objects.filter(kpi=kpi).count() == 1
    page = open_page(client, run.get_absolute_url())
    assert page.soup.select_one(".button-primary")["href"] == "/?as_of=2026-01-31"
