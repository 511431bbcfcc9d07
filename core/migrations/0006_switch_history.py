"""The history of the mail switch can be made anonymous like any other; the two logs of erasures
still can't.
"""

from django.db import migrations

GUARDS = """
CREATE OR REPLACE FUNCTION core_history_guards(target regclass) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    guards text[];
BEGIN
    SELECT array_agg(tgname::text) INTO guards FROM pg_catalog.pg_trigger
    WHERE tgrelid = target AND tgname LIKE 'pgtrigger\\_append\\_only\\_%%';
    IF guards IS NULL OR {refused} THEN
        RAISE EXCEPTION '%% is no history table.', target
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN guards;
END
$$;
"""
ONLY_LOGS = "target IN ('core_erasure'::regclass, 'core_historyrewrite'::regclass)"
WHOLE_CORE = "target::text LIKE 'core\\_%%'"


def with_guards(refused: str) -> str:
    return GUARDS.format(refused=refused).replace("%%", "%")


class Migration(migrations.Migration):
    dependencies = [("core", "0005_mail_not_before")]

    operations = [migrations.RunSQL(with_guards(ONLY_LOGS), with_guards(WHOLE_CORE))]
