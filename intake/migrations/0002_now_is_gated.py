"""*Now* stands on a decision that passed the gate, whatever writes it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION intake_check_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Asked when the transaction ends: what counts is how the row stands then.
    IF EXISTS (
        SELECT FROM intake_opportunity o
        WHERE o.id = NEW.id AND o.decision = 'now' AND NOT EXISTS (
            SELECT FROM intake_opportunitydecision d
            WHERE d.opportunity_id = o.id AND d.decision = 'now' AND d.is_favour = o.is_favour
              AND d.id = (
                SELECT max(last.id) FROM intake_opportunitydecision last
                WHERE last.opportunity_id = o.id
              )
        )
    ) THEN
        RAISE EXCEPTION 'Opportunity % is decided “now” without a decision that says so.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'intake_opportunity_now_is_gated';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER intake_check_now
    AFTER INSERT OR UPDATE OF decision, is_favour ON intake_opportunity
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.decision = 'now')
    EXECUTE FUNCTION intake_check_now();
"""


class Migration(migrations.Migration):
    """A trigger that looks at the end of the transaction."""

    dependencies = [("intake", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION intake_check_now() CASCADE"),
    ]
