"""Changes here count the version of kept pages up (`core.kept`)."""

from django.db import migrations

TABLES = ("health_healthsnapshot",)


def _trigger(table: str) -> str:
    return (
        f"CREATE TRIGGER core_watched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION core_watched();"
    )


def _no_trigger(table: str) -> str:
    return f"DROP TRIGGER core_watched ON {table};"


class Migration(migrations.Migration):
    dependencies = [("core", "0007_page_version"), ("health", "0005_recompute_reached")]

    operations = [migrations.RunSQL(_trigger(table), _no_trigger(table)) for table in TABLES]
