"""The imports app."""

import os

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "imports"
    verbose_name = "Imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floors below who may import, how an import is found, and how large it may be."""
        # Polars is loaded in the middle of an import and reads this then: give memory back soon.
        os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0")
        from django.conf import settings

        from core import navigation
        from core.policies import register_object
        from imports import (
            personal,  # noqa: F401  # registers itself
            policies,  # noqa: F401  # registers itself
            selectors,
        )
        from imports.readers import limits

        navigation.register(
            navigation.NavigationItem(
                key="imports",
                label="Imports",
                url_name="imports:run_list",
                icon="upload",
                order=30,
                place="user",
            )
        )
        register_object("import_run", selectors.find_run, argument="run_id")
        register_object("mapping", selectors.find_mapping, argument="mapping_id")
        limits.set_usual(
            limits.Limits(
                bytes=settings.IMPORT_MAX_BYTES,
                rows=settings.IMPORT_MAX_ROWS,
                columns=settings.IMPORT_MAX_COLUMNS,
                cell=settings.IMPORT_MAX_CELL,
                unpacked=settings.IMPORT_MAX_UNPACKED_BYTES,
            )
        )
