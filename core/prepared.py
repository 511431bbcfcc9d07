"""A query that is asked for on every page, worked out once in each process.

Django draws up the SQL of a query anew each time. With half a dozen subqueries that takes ten times
as long as the database needs to answer, and is the same but for the values asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from copy import copy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=models.Model)
# The name of the database, what reads the rows, the SQL, and its parameters with blanks.
Drawn = tuple[str, SQLCompiler, str, list[object]]


class Prepared(Generic[Row]):
    """`build(shape, **samples)` gives the query; samples are values found nowhere else in it.

    The shape is whatever else changes its text. The query must not speak of the present day.
    """

    def __init__(
        self, build: Callable[..., models.QuerySet[Row]], samples: Mapping[str, int | str]
    ) -> None:
        self.build = build
        self.samples = dict(samples)
        self._known: dict[Hashable, Drawn] = {}

    def rows(self, shape: Hashable, **values: object) -> list[Row]:
        """What the query finds with `values` where the samples stood.

        Raises:
            LookupError: a sample is not among the parameters of the query.
        """
        known = self._known.get(shape)
        if known is None:
            known = self._known[shape] = self._drawn_up(shape)
        using, compiler, sql, parts = known
        given = tuple(values[one.name] if isinstance(one, _Blank) else one for one in parts)
        own = copy(compiler)  # what is kept is shared by threads, each with its own connection
        vars(own).update(connection=connections[using], as_sql=lambda: (sql, given))
        query = SimpleNamespace(get_compiler=lambda **_: own)
        asked: Any = SimpleNamespace(db=using, query=query, _known_related_objects={})
        return list(ModelIterable(asked))

    def _drawn_up(self, shape: Hashable) -> Drawn:
        found = self.build(shape, **self.samples)
        compiler = found.query.get_compiler(using=found.db)
        sql, params = compiler.as_sql()
        blanks = {sample: _Blank(name) for name, sample in self.samples.items()}
        parts = [blanks.get(one, one) if isinstance(one, int | str) else one for one in params]
        if missing := set(blanks.values()).difference(filter(_is_blank, parts)):
            raise LookupError(f"Not in the query: {sorted(one.name for one in missing)}")
        return found.db, compiler, sql, parts


@dataclass(frozen=True, slots=True)
class _Blank:
    """Where a value goes."""

    name: str


def _is_blank(part: object) -> bool:
    return isinstance(part, _Blank)
