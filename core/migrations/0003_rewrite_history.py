"""The one way to change a history table: making somebody anonymous in it, told in a log.

History tables refuse UPDATE and DELETE by trigger. Both functions below set that trigger aside for
the length of one statement of their own, and write a row of `core_historyrewrite` for it; what they
can write is narrow: given values into the rows of given keys, or our two placeholders in the place
of what a pattern finds. Neither deletes a row nor makes one. Why so: docs/adr/0022.
"""

from django.db import migrations

ANONYMOUS = """
CREATE FUNCTION core_anonymous(value text, words text, slugs text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(value, words, 'an erased person', 'gi'),
        slugs, 'erased-person', 'gi')
$$;
COMMENT ON FUNCTION core_anonymous(text, text, text) IS
    'The text with our placeholders where somebody stood: `slugs` in addresses, `words` elsewhere.';

CREATE FUNCTION core_anonymous(value jsonb, words text, slugs text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    CASE jsonb_typeof(value)
        WHEN 'string' THEN
            RETURN to_jsonb(core_anonymous(value #>> '{}', words, slugs));
        WHEN 'array' THEN
            RETURN (
                SELECT coalesce(jsonb_agg(core_anonymous(part.one, words, slugs)
                    ORDER BY part.no), '[]')
                FROM jsonb_array_elements(value) WITH ORDINALITY AS part(one, no)
            );
        WHEN 'object' THEN
            RETURN (
                SELECT coalesce(jsonb_object_agg(core_anonymous(part.key, words, slugs),
                    core_anonymous(part.one, words, slugs)), '{}')
                FROM jsonb_each(value) AS part(key, one)
            );
        ELSE
            RETURN value;
    END CASE;
END
$$;
COMMENT ON FUNCTION core_anonymous(jsonb, text, text) IS 'The same for every text inside.';
"""

REWRITE = """
-- The triggers that keep a table from being rewritten; an error where it is no history table.
CREATE FUNCTION core_history_guards(target regclass) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    guards text[];
BEGIN
    SELECT array_agg(tgname::text) INTO guards FROM pg_catalog.pg_trigger
    WHERE tgrelid = target AND tgname LIKE 'pgtrigger\\_append\\_only\\_%';
    IF guards IS NULL OR target::text LIKE 'core\\_%' THEN
        RAISE EXCEPTION '% is no history table.', target
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN guards;
END
$$;

CREATE FUNCTION core_log_rewrite(erasure uuid, target regclass, columns text[], touched bigint)
RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO core_historyrewrite
        (erasure, "table", columns, rows, actor_id, database_user, at)
    SELECT erasure, target::text, to_jsonb(columns), touched, substring(
        NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user'
        FROM '^[0-9]{1,18}$'
    )::bigint, session_user, clock_timestamp()
$$;

CREATE FUNCTION core_blank_history(
    erasure uuid, target regclass, key_column name, keys bigint[], new_values jsonb
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET "pgtrigger.ignore" = '{}' AS $$
DECLARE
    columns text[];
    assignments text;
    touched bigint;
BEGIN
    PERFORM set_config('pgtrigger.ignore', core_history_guards(target)::text, true);
    SELECT array_agg(key ORDER BY key),
        string_agg(format('%1$I = (jsonb_populate_record(NULL::%2$s, $2)).%1$I', key, target), ', ')
    INTO columns, assignments FROM jsonb_object_keys(new_values) AS key;
    IF columns && ARRAY['pgh_id', 'pgh_created_at', 'pgh_label', 'pgh_obj_id', 'pgh_context_id'] THEN
        RAISE EXCEPTION 'What makes up the history itself stays.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('UPDATE %s SET %s WHERE %I = ANY ($1)', target, assignments, key_column)
        USING keys, new_values;
    GET DIAGNOSTICS touched = ROW_COUNT;
    PERFORM core_log_rewrite(erasure, target, columns, touched);
    RETURN touched;
END
$$;
COMMENT ON FUNCTION core_blank_history(uuid, regclass, name, bigint[], jsonb) IS
    'Writes the same values into the history rows of these keys, and logs that it did.';

CREATE FUNCTION core_rename_in_history(
    erasure uuid, target regclass, columns text[], words text, slugs text, inside_json text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET "pgtrigger.ignore" = '{}' AS $$
DECLARE
    assignments text;
    found text;
    touched bigint;
BEGIN
    PERFORM set_config('pgtrigger.ignore', core_history_guards(target)::text, true);
    SELECT string_agg(format('%1$I = core_anonymous(%1$I%2$s, $1, $2)::%3$s', attname,
            CASE WHEN is_json THEN '' ELSE '::text' END, kind), ', '),
        string_agg(CASE WHEN is_json THEN format('%I::text ~* $3', attname)
            ELSE format('%1$I ~* $1 OR %1$I ~* $2', attname) END, ' OR ')
    INTO assignments, found
    FROM (
        SELECT attname, format_type(atttypid, atttypmod) AS kind,
            atttypid = 'jsonb'::regtype AS is_json
        FROM pg_catalog.pg_attribute
        WHERE attrelid = target AND attname = ANY (columns) AND NOT attisdropped
    ) AS given;
    IF columns && ARRAY['pgh_id', 'pgh_created_at', 'pgh_label', 'pgh_obj_id', 'pgh_context_id'] THEN
        RAISE EXCEPTION 'What makes up the history itself stays.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('UPDATE %s SET %s WHERE %s', target, assignments, found)
        USING words, slugs, inside_json;
    GET DIAGNOSTICS touched = ROW_COUNT;
    PERFORM core_log_rewrite(erasure, target, columns, touched);
    RETURN touched;
END
$$;
COMMENT ON FUNCTION core_rename_in_history(uuid, regclass, text[], text, text, text) IS
    'Puts our placeholders where history texts name somebody, and logs that it did.';

REVOKE ALL ON FUNCTION core_blank_history(uuid, regclass, name, bigint[], jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION core_rename_in_history(uuid, regclass, text[], text, text, text) FROM PUBLIC;
"""

FORGET = """
DROP FUNCTION core_rename_in_history(uuid, regclass, text[], text, text, text);
DROP FUNCTION core_blank_history(uuid, regclass, name, bigint[], jsonb);
DROP FUNCTION core_log_rewrite(uuid, regclass, text[], bigint);
DROP FUNCTION core_history_guards(regclass);
"""

FORGET_ANONYMOUS = """
DROP FUNCTION core_anonymous(jsonb, text, text);
DROP FUNCTION core_anonymous(text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_erasure")]

    operations = [
        migrations.RunSQL(ANONYMOUS, FORGET_ANONYMOUS),
        migrations.RunSQL(REWRITE, FORGET),
    ]
