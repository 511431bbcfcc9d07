"""Many keys as one parameter of a query."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BigIntegerField, Func, TextField, Value


class AnyOf(Func):
    """`filter(product_id__in=AnyOf(ids))`: for hundreds of keys and more.

    A placeholder for each of a thousand keys takes Django and the driver longer to write than it
    takes PostgreSQL to answer.
    """

    template = "(SELECT unnest(%(expressions)s::bigint[]))"

    def __init__(self, keys: Iterable[int]) -> None:
        # The literal of an array: Django and the driver would take each key through Python again.
        array = f"{{{','.join(str(int(key)) for key in keys)}}}"
        super().__init__(Value(array, output_field=TextField()), output_field=BigIntegerField())
