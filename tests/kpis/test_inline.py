"""Owner, target and target date changed where they stand, with what that does seen beforehand."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from activity.models import Event
from health.services import roll_up
from kpis import services
from kpis.models import Kpi
from kpis.services import KpiPlan
from portfolio.models import Product, StaleMark
from tests.factories.kpis import builtin_metric
from tests.factories.portfolio import AdministratorFactory, MembershipFactory, ProductFactory
from tests.htmx import open_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> User:
    user: User = AdministratorFactory()
    client.force_login(user)
    return user


@pytest.fixture
def kpi(administrator: User) -> Kpi:
    """Sixty of a hundred, half of the way."""
    now = timezone.now()
    plan = KpiPlan(
        cadence=28, baseline=10, baseline_date=now.date() - dt.timedelta(days=90), target=100,
        target_date=now.date() + dt.timedelta(days=90),
    )  # fmt: skip
    made = services.create_kpi(
        product=ProductFactory(stage="growth"), metric=builtin_metric("mau"), plan=plan,
        by=administrator, now=now,
    )  # fmt: skip
    for back in (28, 14, 0):
        day = now.date() - dt.timedelta(days=back)
        services.record_measurement(kpi=made, date=day, value=60 - back, by=administrator, now=now)
    return Kpi.objects.select_related("product", "metric").get(pk=made.pk)


def url(kpi: Kpi, part: str, **more: str) -> str:
    back = f"/products/{kpi.product.slug}/kpis/"
    return f"{back}{kpi.pk}/field/{part}/?" + urlencode({"next": back, **more})


def sent(kpi: Kpi, part: str, value: Any, **more: Any) -> dict[str, Any]:
    was = getattr(kpi, "owner_id" if part == "owner" else part)
    return {"version": kpi.version, "was": "" if was is None else was, part: value, **more}


def htmx(kpi: Kpi, part: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": f"part-{kpi.pk}-{part}"}


def test_the_preview_is_what_the_roll_up_then_gives(
    client: Client, administrator: User, kpi: Kpi
) -> None:
    roll_up(product_ids=[kpi.product_id], now=timezone.now())
    before = kpi.product.snapshots.order_by("day").last()
    StaleMark.objects.all().delete()
    data = sent(kpi, "target", "2000", do="preview")
    words = client.post(url(kpi, "target"), data).content.decode()
    kpi.refresh_from_db()
    assert (kpi.target, kpi.version) == (100, 1)
    assert not StaleMark.objects.exists()
    client.post(url(kpi, "target"), sent(kpi, "target", "2000"))
    roll_up(product_ids=[kpi.product_id], now=timezone.now())
    after = kpi.product.snapshots.order_by("day").last()
    assert before.health != after.health
    assert f"Today’s health would become {round(after.health)}, " in words
    assert f"; it is {round(before.health)}, " in words


def test_a_preview_of_nothing_new_says_that_it_stays(
    client: Client, administrator: User, kpi: Kpi
) -> None:
    data = sent(kpi, "target", "100", do="preview")
    assert "Today’s health would stay" in client.post(url(kpi, "target"), data).content.decode()


def test_saved_by_htmx_the_whole_page_is_loaded_again(
    client: Client, administrator: User, kpi: Kpi
) -> None:
    form = client.get(url(kpi, "target"), headers=htmx(kpi, "target")).content.decode()
    assert 'id="part-' in form
    assert "<html" not in form
    answer = client.post(
        url(kpi, "target"), sent(kpi, "target", "120"), headers=htmx(kpi, "target")
    )
    assert answer["HX-Refresh"] == "true"
    kpi.refresh_from_db()
    assert kpi.target == 120
    page = open_page(client, f"/products/{kpi.product.slug}/kpis/")
    assert "Target 120" in page.text
    assert "The target of" in page.soup.select_one(".toast").text


def test_leaving_puts_back_what_stood_there(client: Client, administrator: User, kpi: Kpi) -> None:
    shown = client.get(url(kpi, "owner", leave="1"), headers=htmx(kpi, "owner")).content.decode()
    assert shown in client.get(f"/products/{kpi.product.slug}/kpis/").content.decode()


@pytest.mark.parametrize("part", ["owner", "target_date"])
def test_without_scripts_it_is_a_page_that_leads_back(
    client: Client, administrator: User, kpi: Kpi, part: str
) -> None:
    assert open_page(client, url(kpi, part)).soup.h1 is not None
    day = timezone.now().date() + dt.timedelta(days=30)
    value = administrator.pk if part == "owner" else day.isoformat()
    if part == "owner":
        MembershipFactory(product=kpi.product, user=administrator)
    answer = client.post(url(kpi, part), sent(kpi, part, value))
    assert answer.status_code == 302
    assert answer["Location"] == f"/products/{kpi.product.slug}/kpis/"
    kpi.refresh_from_db()
    assert getattr(kpi, part) == (administrator if part == "owner" else day)


def test_a_conflict_shows_theirs_and_another_part_is_none(
    client: Client, administrator: User, kpi: Kpi
) -> None:
    opened = sent(kpi, "target", "130")
    Kpi.objects.filter(pk=kpi.pk).update(weight=5, version=2)
    assert client.post(url(kpi, "target"), opened).status_code == 302
    answer = client.post(url(kpi, "target"), {**opened, "target": "140"})
    words = answer.content.decode()
    assert answer.status_code == 409
    assert "It is “130" in words
    assert 'value="140"' in words
    kpi.refresh_from_db()
    assert (kpi.target, kpi.weight) == (130, 5)


def test_the_same_sent_twice_is_saved_once(client: Client, administrator: User, kpi: Kpi) -> None:
    opened = sent(kpi, "target", "130")
    assert [client.post(url(kpi, "target"), opened).status_code for _ in range(2)] == [302, 302]
    kpi.refresh_from_db()
    assert (kpi.target, kpi.version) == (130, 2)
    assert Event.objects.filter(verb="changed the plan of").count() == 1


def test_what_can_not_be_is_explained(client: Client, administrator: User, kpi: Kpi) -> None:
    early = timezone.now().date() - dt.timedelta(days=200)
    answer = client.post(url(kpi, "target_date"), sent(kpi, "target_date", early.isoformat()))
    assert answer.status_code == 422
    assert "Enter a day after the baseline date" in answer.content.decode()
    assert client.get(url(kpi, "weight")).status_code == 404


def test_who_may_not_edit_sees_no_way_to(client: Client, kpi: Kpi) -> None:
    client.force_login(MembershipFactory().user)
    assert client.get(url(kpi, "target")).status_code == 403
    page = open_page(client, f"/products/{kpi.product.slug}/kpis/")
    assert "Target 100" in page.text
    assert page.soup.select(".inline-edit") == []
    assert Product.objects.count() == 2
