"""Something is deleted between the check of a request and its write: no error of ours, no trace."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

import pytest
from django.test import Client

from core import policies
from kpis.models import Kpi, Measurement
from kpis.views import kpis as kpi_views
from kpis.views import measurements, terms
from portfolio.models import Membership, Portfolio, Product
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.kpis import KpiFactory, builtin_metric
from tests.factories.portfolio import PortfolioFactory, ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)

VALUE = {"date": "2026-03-02", "value": "5"}
DAYS = {"reason": "Away", "starts_on": "2026-03-02", "ends_on": "2026-03-09"}
PLAN = {"weight": "3", "cadence": "28", "version": "1"}


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def client() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(AdministratorFactory())
    return client


def delete_after_the_check(monkeypatch: pytest.MonkeyPatch, subject: Any) -> None:
    """Somebody else deletes `subject` once the request has been let through."""
    find = policies.find_object

    def found_and_gone(kind: Any, user: Any, value: Any) -> Any:
        found = find(kind, user, value)
        type(subject).objects.filter(pk=subject.pk).delete()
        return found

    monkeypatch.setattr(policies, "find_object", found_and_gone)


def form_of(product: Product, client: Client, path: str) -> dict[str, str]:
    form = client.get(path).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: str(getattr(value, "pk", value)) for name, value in values.items() if value} | {
        "name": "Other"
    }


def test_a_product_deleted_while_it_is_edited(client, monkeypatch):
    product = ProductFactory()
    url = f"/products/{product.slug}/edit/"
    data = form_of(product, client, url)
    delete_after_the_check(monkeypatch, product)
    assert client.post(url, data).status_code == 404


@pytest.mark.parametrize("page", ["members/new/", "kpis/new/", "archive/", "restore/", "delete/"])
def test_a_product_deleted_while_something_is_done_with_it(client, monkeypatch, page):
    product = ProductFactory()
    metric = builtin_metric("mau")
    bo = UserFactory()
    data = {**PLAN, "metric": metric.pk, "person": bo.email, "role": "contributor"}
    delete_after_the_check(monkeypatch, product)
    response = client.post(f"/products/{product.slug}/{page}", {**data, "name": product.name})
    assert response.status_code in (302, 404)
    assert not Kpi.objects.exists()
    assert not Membership.objects.exists()


def gone_kpi(monkeypatch: pytest.MonkeyPatch, kpi: Kpi) -> None:
    """Somebody else deletes the KPI after the view has found it."""
    find = kpi_views.find_kpi

    def found_and_gone(request: Any, kpi_id: int) -> Kpi:
        found = find(request, kpi_id)
        Kpi.objects.filter(pk=kpi.pk).delete()
        return found

    for module in (kpi_views, measurements, terms):
        monkeypatch.setattr(module, "find_kpi", found_and_gone)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "kpi"}])
@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("record/", VALUE),
        ("edit/", PLAN),
        ("exemptions/new/", DAYS),
        ("segments/", {"new_segment": "Night", "new_weight": "2"}),
        ("delete/", {}),
    ],
)
def test_a_kpi_deleted_while_something_is_done_with_it(client, monkeypatch, page, data, headers):
    kpi = KpiFactory(metric=builtin_metric("mau"))
    approver = AdministratorFactory()
    given = {**data, "approver": approver.pk, "name": kpi.metric.name}
    gone_kpi(monkeypatch, kpi)
    url = f"/products/{kpi.product.slug}/kpis/{kpi.pk}/{page}"
    response = client.post(url, given, headers=headers)
    assert response.status_code in (302, 404)
    assert not Measurement.objects.exists()


def test_a_kpi_deleted_while_the_week_is_recorded(client, monkeypatch):
    kpi = KpiFactory(metric=builtin_metric("mau"))
    record = import_module("kpis.views.record")
    save = record._save

    def gone_and_saved(request: Any, form: Any) -> int:
        Kpi.objects.filter(pk=kpi.pk).delete()
        return save(request, form)

    monkeypatch.setattr(record, "_save", gone_and_saved)
    url = f"/products/{kpi.product.slug}/record/"
    names = [name for name in client.get(url).context["form"].fields if name.startswith("value")]
    response = client.post(url, {"date": "2026-03-02", **dict.fromkeys(names, "5")})
    assert response.status_code == 404


def test_a_portfolio_deleted_while_it_is_edited(client, monkeypatch):
    portfolio = PortfolioFactory()
    delete_after_the_check(monkeypatch, portfolio)
    data = {"name": "Other", "person": UserFactory().email}
    for page in ("edit/", "leads/new/"):
        response = client.post(f"/portfolios/{portfolio.slug}/{page}", data)
        assert response.status_code in (302, 404)
    assert not Portfolio.objects.exists()


def test_a_mistake_of_ours_is_still_an_error(client, monkeypatch):
    """Negative control: only what is gone is a 404, and only where something is written."""
    product = ProductFactory()

    def broken(*_: Any, **__: Any) -> None:
        raise Product.DoesNotExist

    monkeypatch.setattr("portfolio.views.products.members_of", broken)
    assert client.get(f"/products/{product.slug}/").status_code == 500
