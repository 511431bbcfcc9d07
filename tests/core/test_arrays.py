"""Many keys as one parameter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.arrays import AnyOf
from portfolio.models import Product
from tests.factories.health import make_product

pytestmark = pytest.mark.django_db


def test_any_of_finds_those_keys_and_no_other():
    first, second, _third = (make_product() for _ in range(3))
    wanted = [second.pk, first.pk, -1]
    found = Product.objects.filter(pk__in=AnyOf(wanted)).values_list("pk", flat=True)
    assert sorted(found) == [first.pk, second.pk]
    assert not Product.objects.filter(pk__in=AnyOf([])).exists()


def test_any_of_takes_one_parameter_for_any_number_of_keys():
    with CaptureQueriesContext(connection) as captured:
        list(Product.objects.filter(pk__in=AnyOf(range(1, 1001))))
    assert captured[0]["sql"].count("unnest(") == 1


def test_products_of_another_queryset_stay_excluded():
    kept, gone = make_product(), make_product()
    found = Product.objects.exclude(pk__in=AnyOf([gone.pk]))
    assert list(found) == [kept]
