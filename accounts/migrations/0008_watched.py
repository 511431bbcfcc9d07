"""Changes here count the version of kept pages up (`core.kept`), but for the time of signing in."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER core_watched
    AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF name, email, role, is_active
    ON accounts_user FOR EACH STATEMENT EXECUTE FUNCTION core_watched();
CREATE TRIGGER core_watched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON accounts_organisation
    FOR EACH STATEMENT EXECUTE FUNCTION core_watched();
"""
BACKWARDS = """
DROP TRIGGER core_watched ON accounts_user;
DROP TRIGGER core_watched ON accounts_organisation;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0007_page_version"), ("accounts", "0007_daily_use")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
