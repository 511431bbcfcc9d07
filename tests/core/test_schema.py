"""Many operations at once leave what they leave one by one."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from core.schema import AllAtOnce, new_tables_at_once

OPERATIONS = [
    migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))]),
    migrations.CreateModel(
        "Book", [("id", models.BigAutoField(primary_key=True)), ("pages", models.IntegerField())]
    ),
    migrations.AddField("Shelf", "favourite", models.ForeignKey("core.Book", models.CASCADE)),
    migrations.AddIndex("Book", models.Index(fields=["pages"], name="book_pages")),
    migrations.AddConstraint(
        "Book", models.CheckConstraint(condition=models.Q(pages__gt=0), name="book_has_pages")
    ),
]


def described() -> dict[str, list[str]]:
    """The columns, indexes and constraints of the two tables."""
    with connection.cursor() as cursor:
        found = {}
        for table in ("core_shelf", "core_book"):
            columns = connection.introspection.get_table_description(cursor, table)
            constraints = connection.introspection.get_constraints(cursor, table)
            found[table] = sorted([column.name for column in columns]) + sorted(
                f"{name} {sorted((key, str(value)) for key, value in one.items())}"
                for name, one in constraints.items()
            )
        return found


def run(operations: list[migrations.operations.base.Operation]) -> dict[str, list[str]]:
    """What stands in the database after the operations; it is empty again afterwards."""
    state, states = ProjectState(), []
    with connection.schema_editor(atomic=False) as editor:
        for operation in operations:
            before = state.clone()
            operation.state_forwards("core", state)
            operation.database_forwards("core", editor, before, state)
            states.append((before, state.clone()))
    found = described()
    with connection.schema_editor(atomic=False) as editor:
        for operation, (before, after) in reversed(list(zip(operations, states, strict=True))):
            operation.database_backwards("core", editor, after, before)
    assert "core_book" not in connection.introspection.table_names()
    return found


@pytest.mark.django_db
def test_at_once_leaves_what_one_by_one_leaves():
    one_by_one = run(OPERATIONS)
    assert {"book_pages", "book_has_pages"} <= {line.split()[0] for line in one_by_one["core_book"]}
    assert run([AllAtOnce(OPERATIONS)]) == one_by_one


def test_what_changes_an_older_table_is_refused():
    with pytest.raises(TypeError, match="Not part of a new table"):
        AllAtOnce([migrations.AddField("Other", "x", models.IntegerField())])
    with pytest.raises(TypeError, match="Not part of a new table"):
        AllAtOnce([migrations.RunSQL("SELECT 1")])


def test_what_is_about_older_tables_stays_in_its_order_after_the_new_ones():
    older = [
        migrations.AddField("Other", "x", models.IntegerField()),
        migrations.RunSQL("SELECT 1"),
        migrations.RemoveField("Other", "y"),
    ]
    mixed = [older[0], *OPERATIONS[:2], older[1], *OPERATIONS[2:], older[2]]
    at_once, *rest = new_tables_at_once(mixed)
    assert list(at_once.operations) == OPERATIONS
    assert rest == older


@pytest.mark.django_db
def test_they_leave_what_one_by_one_leaves():
    assert run(new_tables_at_once(OPERATIONS)) == run(OPERATIONS)
