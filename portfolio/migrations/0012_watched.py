"""Changes here count the version of kept pages up (`core.kept`)."""

from django.db import migrations

TABLES = (
    "portfolio_portfolio",
    "portfolio_team",
    "portfolio_businessfunction",
    "portfolio_product",
    "portfolio_membership",
    "portfolio_portfoliolead",
    "portfolio_savedview",
    "portfolio_defaultview",
    "portfolio_bookmark",
)


def _trigger(table: str) -> str:
    return (
        f"CREATE TRIGGER core_watched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION core_watched();"
    )


def _no_trigger(table: str) -> str:
    return f"DROP TRIGGER core_watched ON {table};"


class Migration(migrations.Migration):
    dependencies = [("core", "0007_page_version"), ("portfolio", "0011_name_search")]

    operations = [migrations.RunSQL(_trigger(table), _no_trigger(table)) for table in TABLES]
