"""People out of a file: `manage.py import_people FILE --mapping M.toml`."""

from imports.management.importing import ImportCommand


class Command(ImportCommand):
    """A person a line: missing ones are entered, others changed where they differ."""

    help = "Enter and change people as a file describes them."
    kind = "people"
