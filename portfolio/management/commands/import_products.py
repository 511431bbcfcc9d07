"""Products out of a file: `manage.py import_products FILE --mapping M.toml`."""

import tomllib

import tomli_w

from imports.management.importing import ImportCommand


class Command(ImportCommand):
    """A product a line: missing ones are made, others changed where they differ.

    The mapping of a wide file with values will do as well: what it says of values is left out.
    """

    help = "Make and change products as a file describes them."
    kind = "products"

    def adapted(self, text: str) -> str:
        """Without the series of values."""
        try:
            document = tomllib.loads(text)
        except (ValueError, RecursionError):
            return text  # whoever reads it next says what is wrong
        if document.get("shape") != "wide" or "kpi" not in document:
            return text
        del document["kpi"]
        return tomli_w.dumps({**document, "kind": self.kind})
