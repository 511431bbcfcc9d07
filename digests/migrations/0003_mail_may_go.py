"""The mail of somebody who is erased goes; that it was written stays."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_rewrite_history"),
        ("digests", "0002_edition_head"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="digestdelivery",
            name="digests_delivery_mail_when_rendered",
        ),
        migrations.AlterField(
            model_name="digestdelivery",
            name="mail",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="digest_delivery",
                to="core.outboundmail",
            ),
        ),
        migrations.AddConstraint(
            model_name="digestdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "rendered"), ("mail__isnull", True), _connector="OR"),
                name="digests_delivery_mail_when_rendered",
            ),
        ),
    ]
