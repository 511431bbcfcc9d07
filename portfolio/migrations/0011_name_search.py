"""The index by which names of products are found, by parts of them and with slips in them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0010_daily_use")]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="product",
            index=GinIndex(
                OpClass(Upper("name"), "gin_trgm_ops"), name="portfolio_product_name_trgm"
            ),
        ),
    ]
