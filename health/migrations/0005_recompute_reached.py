from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("health", "0004_recompute"),
    ]

    operations = [
        migrations.AddField(
            model_name="recompute",
            name="reached",
            field=models.BigIntegerField(default=0, editable=False),
        ),
    ]
