"""Operations of migrations that Django does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# What a table gets by itself when its model is created as it stands in the end.
WITH_THE_TABLE = (AddConstraint, AddField, AddIndex)


class AllAtOnce(Operation):
    """The first migration of a large app, in a second instead of half a minute.

    Django draws the models around each single operation again. Here the state is computed first,
    then every new table is made as it is in the end, with its triggers.
    """

    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        created = {operation.name_lower for operation in _of(operations, CreateModel)}
        for operation in operations:
            if isinstance(operation, CreateModel | AddTrigger):
                continue
            if not isinstance(operation, WITH_THE_TABLE) or _model_of(operation) not in created:
                raise TypeError(f"Not part of a new table: {operation.describe()}")

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # drawn once, when the first table asks for it
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for created in _of(self.operations, CreateModel):
            schema_editor.create_model(to_state.apps.get_model(app_label, created.name))
        for trigger in _of(self.operations, AddTrigger):
            trigger.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for created in reversed(_of(self.operations, CreateModel)):
            schema_editor.delete_model(from_state.apps.get_model(app_label, created.name))

    def describe(self) -> str:
        return f"{len(self.operations)} operations at once"


def new_tables_at_once(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations, those about tables that they create `AllAtOnce` and first."""
    created = {operation.name_lower for operation in _of(operations, CreateModel)}
    kinds = (*WITH_THE_TABLE, AddTrigger)
    new = [
        one
        for one in operations
        if isinstance(one, CreateModel) or (isinstance(one, kinds) and _model_of(one) in created)
    ]
    return [AllAtOnce(new), *(operation for operation in operations if operation not in new)]


def _of(operations: Sequence[Operation], kind: type[Any]) -> list[Any]:
    return [operation for operation in operations if isinstance(operation, kind)]


def _model_of(operation: Any) -> str:
    return str(operation.model_name).lower()
