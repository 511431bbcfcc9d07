"""The partitioned table of measurements, its checks and its history.

Why so: docs/apps/kpis.md. Measured: foreign keys cost 2.7 µs a row, these triggers a fixed amount per
statement. Statement triggers of the partitioned parent do not fire for a partition that is loaded
directly, and those of a partition fire for direct loads only; so each partition carries the same ones.
"""

import datetime as dt

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.utils import timezone

TABLE = """
CREATE FUNCTION kpis_current_actor() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT substring(
        NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user'
        FROM '^[0-9]{1,18}$'
    )::bigint
$$;
COMMENT ON FUNCTION kpis_current_actor() IS
    'The person in the history context of this transaction; NULL where nobody told.';

CREATE TABLE kpis_measurement (
    kpi_id bigint NOT NULL,
    date date NOT NULL,
    segment varchar(80) NOT NULL DEFAULT '',
    value double precision NOT NULL
        CONSTRAINT kpis_measurement_value_finite
        -- NaN sorts above infinity, so it fails the second half.
        CHECK (value > '-Infinity'::float8 AND value < 'Infinity'::float8),
    sample_size integer CONSTRAINT kpis_measurement_sample_size CHECK (sample_size >= 0),
    source varchar(8) NOT NULL DEFAULT 'form'
        CONSTRAINT kpis_measurement_source_known
        CHECK (source IN ('form', 'import', 'api', 'roll_up', 'demo')),
    note varchar(500) NOT NULL DEFAULT '',
    entered_by bigint DEFAULT kpis_current_actor(),
    entered_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    import_run bigint,
    PRIMARY KEY (kpi_id, date, segment)
) PARTITION BY RANGE (date);
"""

DROP_TABLE = """
DROP TABLE kpis_measurement;
DROP FUNCTION kpis_current_actor();
"""

CHECKS = """
CREATE FUNCTION kpis_refuse_measurement(kpi bigint, is_orphan boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF is_orphan THEN
        RAISE EXCEPTION 'KPI % does not exist.', kpi
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'kpis_measurement_has_kpi';
    END IF;
    RAISE EXCEPTION 'A value of KPI % is outside what its metric allows.', kpi
        USING ERRCODE = 'check_violation', CONSTRAINT = 'kpis_measurement_within_bounds';
END
$$;

-- The parents of a statement's rows are locked until commit, in the order of their keys: the KPI
-- against deletion, the metric against other bounds. Both exist or the statement fails.
CREATE FUNCTION kpis_check_parents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    WITH given AS MATERIALIZED (
        SELECT kpi_id, min(value) AS low, max(value) AS high FROM new_rows GROUP BY kpi_id
    ), parent AS MATERIALIZED (
        SELECT k.id, m.lower, m.upper
        FROM kpis_kpi k JOIN kpis_metric m ON m.id = k.metric_id
        WHERE k.id IN (SELECT kpi_id FROM given)
        ORDER BY k.id
        FOR KEY SHARE OF k FOR SHARE OF m
    )
    SELECT given.kpi_id, parent.id IS NULL AS is_orphan INTO bad
    FROM given LEFT JOIN parent ON parent.id = given.kpi_id
    WHERE parent.id IS NULL OR given.low < parent.lower OR given.high > parent.upper
    ORDER BY given.kpi_id
    LIMIT 1;
    IF FOUND THEN
        PERFORM kpis_refuse_measurement(bad.kpi_id, bad.is_orphan);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION kpis_keep(what text, is_before jsonb, is_after jsonb) RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO kpis_measurementchange
        (kpi_id, date, segment, operation, before, after, actor_id, context_id, database_user, at)
    SELECT (is_before ->> 'kpi_id')::bigint, (is_before ->> 'date')::date, is_before ->> 'segment',
        what, is_before, is_after, kpis_current_actor(), _pgh_attach_context(), session_user,
        clock_timestamp()
$$;

-- A value that changed under the same key. A row whose key changes is kept by kpis_keep_moved.
CREATE FUNCTION kpis_keep_updates() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor bigint := kpis_current_actor();
    context uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
        RETURN NULL;
    END IF;
    context := _pgh_attach_context();
    INSERT INTO kpis_measurementchange
        (kpi_id, date, segment, operation, before, after, actor_id, context_id, database_user, at)
    SELECT o.kpi_id, o.date, o.segment, 'update', to_jsonb(o), to_jsonb(n), actor, context,
        session_user, clock_timestamp()
    FROM old_rows o JOIN new_rows n USING (kpi_id, date, segment)
    WHERE o IS DISTINCT FROM n;
    RETURN NULL;
END
$$;

CREATE FUNCTION kpis_keep_deletes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor bigint := kpis_current_actor();
    context uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
        RETURN NULL;
    END IF;
    context := _pgh_attach_context();
    INSERT INTO kpis_measurementchange
        (kpi_id, date, segment, operation, before, after, actor_id, context_id, database_user, at)
    SELECT o.kpi_id, o.date, o.segment, 'delete', to_jsonb(o), NULL, actor, context, session_user,
        clock_timestamp()
    FROM old_rows o;
    RETURN NULL;
END
$$;

-- Per row, because a MERGE that moves a row to another partition shows it to no statement trigger
-- (PostgreSQL 18), and because only here are the old and the new key side by side.
CREATE FUNCTION kpis_keep_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bounds record;
BEGIN
    SELECT m.lower, m.upper INTO bounds
    FROM kpis_kpi k JOIN kpis_metric m ON m.id = k.metric_id
    WHERE k.id = NEW.kpi_id
    FOR KEY SHARE OF k FOR SHARE OF m;
    IF NOT FOUND OR NEW.value < bounds.lower OR NEW.value > bounds.upper THEN
        PERFORM kpis_refuse_measurement(NEW.kpi_id, NOT FOUND);
    END IF;
    PERFORM kpis_keep('update', to_jsonb(OLD), to_jsonb(NEW));
    RETURN NEW;
END
$$;

CREATE FUNCTION kpis_keep_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT kpis_keep(''delete'', to_jsonb(o), NULL) FROM %s o', TG_RELID::regclass);
    RETURN NULL;
END
$$;

CREATE FUNCTION kpis_attach_triggers(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER kpis_check_inserts AFTER INSERT ON %s
        REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION kpis_check_parents()', target);
    EXECUTE format('CREATE TRIGGER kpis_check_updates AFTER UPDATE ON %s
        REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION kpis_check_parents()', target);
    EXECUTE format('CREATE TRIGGER kpis_keep_updates AFTER UPDATE ON %s
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION kpis_keep_updates()', target);
    EXECUTE format('CREATE TRIGGER kpis_keep_deletes AFTER DELETE ON %s
        REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION kpis_keep_deletes()', target);
END
$$;

SELECT kpis_attach_triggers('kpis_measurement');
-- Partitions get clones of a row trigger by themselves.
CREATE TRIGGER kpis_keep_moved BEFORE UPDATE OF kpi_id, date, segment ON kpis_measurement
    FOR EACH ROW
    WHEN ((OLD.kpi_id, OLD.date, OLD.segment) IS DISTINCT FROM (NEW.kpi_id, NEW.date, NEW.segment))
    EXECUTE FUNCTION kpis_keep_moved();
"""

# The triggers of the parent and of every partition go with their functions.
DROP_CHECKS = """
DROP FUNCTION kpis_attach_triggers(regclass);
DROP FUNCTION kpis_keep_truncated() CASCADE;
DROP FUNCTION kpis_keep_moved() CASCADE;
DROP FUNCTION kpis_keep_deletes() CASCADE;
DROP FUNCTION kpis_keep_updates() CASCADE;
DROP FUNCTION kpis_keep(text, jsonb, jsonb);
DROP FUNCTION kpis_check_parents() CASCADE;
DROP FUNCTION kpis_refuse_measurement(bigint, boolean);
"""

PARENTS = """
-- Takes the measurements of a KPI along, through their history. Inserts that hold the KPI's lock are
-- waited for before this runs, and seen by it, because each statement has a snapshot of its own; with
-- one snapshot for the whole transaction they would be missed.
CREATE FUNCTION kpis_delete_measurements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Delete KPIs in a READ COMMITTED transaction.'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM kpis_measurement;
        RETURN NULL;
    END IF;
    DELETE FROM kpis_measurement WHERE kpi_id = OLD.id;
    RETURN OLD;
END
$$;
CREATE TRIGGER kpis_delete_measurements BEFORE DELETE ON kpis_kpi
    FOR EACH ROW EXECUTE FUNCTION kpis_delete_measurements();
CREATE TRIGGER kpis_truncate_measurements BEFORE TRUNCATE ON kpis_kpi
    FOR EACH STATEMENT EXECUTE FUNCTION kpis_delete_measurements();

CREATE FUNCTION kpis_refuse_identity_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The number and the metric of a KPI never change.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'kpis_kpi_keeps_identity';
END
$$;
CREATE TRIGGER kpis_keep_identity BEFORE UPDATE OF id, metric_id ON kpis_kpi FOR EACH ROW
    WHEN ((OLD.id, OLD.metric_id) IS DISTINCT FROM (NEW.id, NEW.metric_id))
    EXECUTE FUNCTION kpis_refuse_identity_change();

CREATE FUNCTION kpis_check_new_bounds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM kpis_kpi k JOIN kpis_measurement v ON v.kpi_id = k.id
        WHERE k.metric_id = NEW.id AND (v.value < NEW.lower OR v.value > NEW.upper)
    ) THEN
        RAISE EXCEPTION 'Existing values lie outside the new bounds of metric %.', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'kpis_metric_bounds_hold';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER kpis_check_new_bounds BEFORE UPDATE OF lower, upper ON kpis_metric FOR EACH ROW
    WHEN ((OLD.lower, OLD.upper) IS DISTINCT FROM (NEW.lower, NEW.upper))
    EXECUTE FUNCTION kpis_check_new_bounds();
"""

DROP_PARENTS = """
DROP FUNCTION kpis_check_new_bounds() CASCADE;
DROP FUNCTION kpis_refuse_identity_change() CASCADE;
DROP FUNCTION kpis_delete_measurements() CASCADE;
"""

PARTITIONS = """
-- Built beside the table and then attached: ATTACH keeps neither readers nor writers waiting, where
-- CREATE TABLE … PARTITION OF would lock out both.
CREATE FUNCTION kpis_create_partition(day date, is_whole_year boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    month_name text := to_char(day::timestamp, '"kpis_measurement_m"YYYY_MM');
    year_name text := to_char(day::timestamp, '"kpis_measurement_y"YYYY');
    name text := CASE WHEN is_whole_year THEN year_name ELSE month_name END;
    span text := CASE WHEN is_whole_year THEN 'year' ELSE 'month' END;
    first_day date := date_trunc(span, day::timestamp)::date;
    end_day date := (date_trunc(span, day::timestamp) + ('1 ' || span)::interval)::date;
BEGIN
    IF day < DATE '2000-01-01' OR day > DATE '2999-12-31' THEN
        RAISE EXCEPTION 'There are no measurements on %.', day
            USING ERRCODE = 'datetime_field_overflow';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('kpis_create_partition', 0));
    -- Not to_regclass: what was cached before the wait for the lock would still be believed.
    IF EXISTS (
        SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'kpis_measurement'::regclass AND c.relname IN (month_name, year_name)
    ) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE kpis_measurement INCLUDING DEFAULTS '
        'INCLUDING CONSTRAINTS INCLUDING INDEXES)', name);
    PERFORM kpis_attach_triggers(name::regclass);
    EXECUTE format('CREATE TRIGGER kpis_keep_truncated BEFORE TRUNCATE ON %I
        FOR EACH STATEMENT EXECUTE FUNCTION kpis_keep_truncated()', name);
    EXECUTE format('ALTER TABLE kpis_measurement ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, first_day, end_day);
    RETURN name;
END
$$;
COMMENT ON FUNCTION kpis_create_partition(date, boolean) IS
    'Makes the partition that holds a day, with its triggers; NULL if there is one.';
"""

DROP_PARTITIONS = "DROP FUNCTION kpis_create_partition(date, boolean);"

FIRST_YEAR = 2000
MONTHS_BACK = 13
MONTHS_AHEAD = 3


def create_partitions(apps, schema_editor):
    """Yearly up to the year before thirteen months ago, then monthly until three months ahead."""
    today = timezone.now().date()
    newest = today.year * 12 + today.month - 1
    first_monthly_year = (newest - MONTHS_BACK) // 12
    days = [(dt.date(year, 1, 1), True) for year in range(FIRST_YEAR, first_monthly_year)]
    days += [
        (dt.date(month // 12, month % 12 + 1, 1), False)
        for month in range(first_monthly_year * 12, newest + MONTHS_AHEAD + 1)
    ]
    with schema_editor.connection.cursor() as cursor:
        for day, is_whole_year in days:
            cursor.execute("SELECT kpis_create_partition(%s, %s)", [day, is_whole_year])


SOURCES = [
    ("form", "Typed in"),
    ("import", "Imported"),
    ("api", "API"),
    ("roll_up", "Rolled up from events"),
    ("demo", "Demo"),
]

STATE = migrations.CreateModel(
    name="Measurement",
    fields=[
        (
            "pk",
            models.CompositePrimaryKey(
                "kpi_id",
                "date",
                "segment",
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("date", models.DateField(verbose_name="date")),
        (
            "segment",
            models.CharField(blank=True, default="", max_length=80, verbose_name="segment"),
        ),
        ("value", models.FloatField(verbose_name="value")),
        (
            "sample_size",
            models.PositiveIntegerField(blank=True, null=True, verbose_name="sample size"),
        ),
        (
            "source",
            models.CharField(
                choices=SOURCES, default="form", max_length=8, verbose_name="source"
            ),
        ),
        ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="note")),
        (
            "entered_by",
            models.BigIntegerField(
                db_default=models.Func(function="kpis_current_actor"), null=True
            ),
        ),
        (
            "entered_at",
            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        ("import_run", models.BigIntegerField(null=True)),
        (
            "kpi",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="measurements",
                to="kpis.kpi",
            ),
        ),
    ],
    options={"db_table": "kpis_measurement"},
)


class Migration(migrations.Migration):
    dependencies = [("kpis", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLE, DROP_TABLE, state_operations=[STATE]),
        migrations.RunSQL(CHECKS, DROP_CHECKS),
        migrations.RunSQL(PARENTS, DROP_PARENTS),
        migrations.RunSQL(PARTITIONS, DROP_PARTITIONS),
        migrations.RunPython(create_partitions, migrations.RunPython.noop),
    ]
