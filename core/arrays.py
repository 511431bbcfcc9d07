"""Many keys as one parameter of a query."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, Value


class AnyOf(Func):
    """`filter(product_id__in=AnyOf(ids))`: for hundreds of keys and more.

    A placeholder for each of a thousand keys takes Django and the driver longer to write than it
    takes PostgreSQL to answer.
    """

    template = "(SELECT unnest(%(expressions)s))"

    def __init__(self, keys: Iterable[int]) -> None:
        array = Value(list(keys), output_field=ArrayField(BigIntegerField()))
        super().__init__(array, output_field=BigIntegerField())
