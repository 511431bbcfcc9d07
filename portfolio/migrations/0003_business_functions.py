"""The usual parts of a business, as a start; administrators add and rename them."""

from django.db import migrations

NAMES = [
    "Marketing",
    "Sales",
    "Operations",
    "Support",
    "Finance",
    "People",
    "Legal",
    "Engineering",
    "Data",
    "Supply chain",
]


def add_functions(apps, schema_editor):
    functions = apps.get_model("portfolio", "BusinessFunction")
    known = {name.casefold() for name in functions.objects.values_list("name", flat=True)}
    functions.objects.bulk_create(
        [functions(name=name) for name in NAMES if name.casefold() not in known]
    )


class Migration(migrations.Migration):

    dependencies = [("portfolio", "0002_form_token")]

    operations = [migrations.RunPython(add_functions, migrations.RunPython.noop)]
