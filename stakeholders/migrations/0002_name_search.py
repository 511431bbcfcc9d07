"""The index by which people are found by parts of their names, and with slips in them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("stakeholders", "0001_initial"), ("portfolio", "0011_name_search")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=GinIndex(
                OpClass(Upper("name"), "gin_trgm_ops"), name="stakeholders_person_name_trgm"
            ),
        ),
    ]
