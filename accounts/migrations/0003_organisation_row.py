from django.db import migrations


def make_row(apps, schema_editor):
    apps.get_model("accounts", "Organisation").objects.get_or_create(pk=1)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_session_epoch'),
    ]

    operations = [
        migrations.RunPython(make_row, migrations.RunPython.noop, elidable=False),
    ]
