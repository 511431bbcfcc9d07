"""Values of KPIs out of a file: `manage.py import_kpis FILE --mapping M.toml`."""

from imports.management.importing import ImportCommand


class Command(ImportCommand):
    """A value a line, or many behind their product; KPIs that are missing are made, and where a
    wide file names and places its products, those as well.
    """

    help = "Import values of KPIs, a line each or many behind their product."
    kind = "measurements"
