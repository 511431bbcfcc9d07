"""The number that changes whenever something does that kept pages show (`core.kept`)."""

from django.db import migrations

FORWARDS = """
CREATE SEQUENCE core_page_version;
CREATE FUNCTION core_watched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('core_page_version');
    RETURN NULL;
END $$;
"""
BACKWARDS = "DROP FUNCTION core_watched(); DROP SEQUENCE core_page_version;"


class Migration(migrations.Migration):
    dependencies = [("core", "0006_switch_history")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
