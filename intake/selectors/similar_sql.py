"""The statements of `similar.py`."""

from __future__ import annotations

THRESHOLD = "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)"

_MAY_BE_SHOWN = """
    r.product_id = %(product)s AND r.outcome <> 'withdrawn'
    AND (NOT r.is_private OR %(all)s OR EXISTS (
        SELECT FROM intake_voice v
        WHERE v.request_id = r.id AND v.user_id = %(user)s AND v.left_at IS NULL))
"""

# Each word, its synonyms and its beginning look up an index of their own; how many things they find
# is how rare they are. Of what very many hold only the first are looked at, as it hardly tells one
# thing from another; the best are then asked for each word once more. A word that nothing holds is
# compared by its trigrams with the best; where there are few, with everything, by an index too.
FIND = f"""
WITH term AS MATERIALIZED (
    SELECT k, n, word, weight, to_tsquery('english', query) AS query
    FROM unnest(%(numbers)s::int[], %(words)s::text[], %(weights)s::float8[], %(queries)s::text[])
         WITH ORDINALITY AS t(n, word, weight, query, k)
),
total AS MATERIALIZED (
    SELECT (SELECT count(*) FROM intake_request WHERE product_id = %(product)s)
         + (SELECT count(*) FROM intake_opportunity WHERE product_id = %(product)s) AS things
),
hit AS MATERIALIZED (
    SELECT t.k, t.n, t.weight, found.kind, found.id
    FROM term t CROSS JOIN LATERAL (
        (SELECT 'request' AS kind, COALESCE(r.duplicate_of_id, r.id) AS id
         FROM intake_request r WHERE r.search @@ t.query AND {_MAY_BE_SHOWN} LIMIT %(many)s)
        UNION ALL
        (SELECT 'opportunity', COALESCE(o.merged_into_id, o.id)
         FROM intake_opportunity o WHERE o.search @@ t.query AND o.product_id = %(product)s
         LIMIT %(many)s)
    ) found
),
rarity AS MATERIALIZED (
    SELECT k, count(*) >= %(many)s AS is_common,
           ln(1 + (things + 0.5)::float8 / (count(*) + 0.5)) AS worth
    FROM hit CROSS JOIN total GROUP BY k, things
),
telling AS MATERIALIZED (
    SELECT hit.kind, hit.id, hit.n, max(hit.weight * worth) AS worth
    FROM hit JOIN rarity USING (k)
    WHERE NOT is_common OR NOT EXISTS (SELECT FROM rarity WHERE NOT is_common)
    GROUP BY kind, id, hit.n
),
first AS MATERIALIZED (
    SELECT kind, id FROM telling
    GROUP BY kind, id ORDER BY sum(worth) DESC, kind, id DESC LIMIT 2 * %(most)s
),
unknown AS MATERIALIZED (
    SELECT n, word FROM term
    WHERE weight = 1 AND length(word) >= 5 AND k NOT IN (SELECT k FROM hit)
    ORDER BY length(word) DESC LIMIT 2
),
slip AS MATERIALIZED (
    SELECT t.n, found.kind, found.id, 0.8 * found.near AS weight
    FROM unknown t CROSS JOIN LATERAL (
        SELECT f.kind, f.id, word_similarity(t.word, r.goal) AS near
        FROM first f JOIN intake_request r ON f.kind = 'request' AND r.id = f.id
        UNION ALL
        SELECT f.kind, f.id, word_similarity(t.word, o.problem)
        FROM first f JOIN intake_opportunity o ON f.kind = 'opportunity' AND o.id = f.id
        UNION ALL
        (SELECT 'request', COALESCE(r.duplicate_of_id, r.id), word_similarity(t.word, r.goal)
         FROM intake_request r
         WHERE (SELECT count(*) FROM first) < %(few)s AND r.goal %%> t.word AND {_MAY_BE_SHOWN}
         LIMIT %(many)s)
        UNION ALL
        (SELECT 'opportunity', COALESCE(o.merged_into_id, o.id), word_similarity(t.word, o.problem)
         FROM intake_opportunity o
         WHERE (SELECT count(*) FROM first) < %(few)s AND o.problem %%> t.word
            AND o.product_id = %(product)s
         LIMIT %(many)s)
    ) found WHERE found.near >= %(near)s
),
near AS MATERIALIZED (
    SELECT slip.kind, slip.id, slip.n, max(slip.weight) * ln(
        1 + (things + 0.5)::float8 / (count(*) OVER (PARTITION BY slip.n) + 0.5)) AS worth
    FROM slip CROSS JOIN total GROUP BY slip.kind, slip.id, slip.n, things
),
best AS MATERIALIZED (
    SELECT kind, id
    FROM (SELECT kind, id, worth FROM telling UNION ALL SELECT kind, id, worth FROM near) found
    GROUP BY kind, id ORDER BY sum(worth) DESC, kind, id DESC LIMIT %(most)s
),
asked AS MATERIALIZED (
    SELECT sum(COALESCE(worth, ln(1 + (things + 0.5)::float8 / 0.5))) AS worth
    FROM term CROSS JOIN total LEFT JOIN rarity USING (k) WHERE weight = 1
),
scored AS MATERIALIZED (
    SELECT kind, id, sum(worth) AS worth FROM (
        SELECT kind, id, n, max(worth) AS worth FROM (
            SELECT kind, id, n, worth FROM telling JOIN best USING (kind, id)
            UNION ALL
            SELECT kind, id, n, worth FROM near JOIN best USING (kind, id)
            UNION ALL
            SELECT b.kind, b.id, t.n, t.weight * w.worth
            FROM best b JOIN intake_request r ON b.kind = 'request' AND r.id = b.id
            JOIN term t ON r.search @@ t.query JOIN rarity w USING (k)
            UNION ALL
            SELECT b.kind, b.id, t.n, t.weight * w.worth
            FROM best b JOIN intake_opportunity o ON b.kind = 'opportunity' AND o.id = b.id
            JOIN term t ON o.search @@ t.query JOIN rarity w USING (k)
        ) found GROUP BY kind, id, n
    ) of_terms GROUP BY kind, id
)
SELECT b.kind, b.id, r.reference, COALESCE(NULLIF(r.problem, ''), r.goal), b.worth, a.worth,
       length(r.search)
FROM scored b CROSS JOIN asked a JOIN intake_request r ON b.kind = 'request' AND r.id = b.id
WHERE r.duplicate_of_id IS NULL AND {_MAY_BE_SHOWN}
UNION ALL
SELECT b.kind, b.id, '', o.problem, b.worth, a.worth, length(o.search)
FROM scored b CROSS JOIN asked a JOIN intake_opportunity o
     ON b.kind = 'opportunity' AND o.id = b.id
WHERE o.merged_into_id IS NULL AND o.product_id = %(product)s
"""  # noqa: S608  # made of our own words alone

PEOPLE = """
WITH voice AS (
    SELECT COALESCE(r.duplicate_of_id, r.id) AS request, r.id AS own,
           COALESCE(v.user_id::text, NULLIF(lower(v.email), ''), 'voice ' || v.id) AS person
    FROM intake_request r JOIN intake_voice v ON v.request_id = r.id AND v.left_at IS NULL
    WHERE r.id = ANY(%(requests)s) OR r.duplicate_of_id = ANY(%(requests)s)
       OR r.id IN (SELECT request_id FROM intake_requestlink
                   WHERE opportunity_id = ANY(%(opportunities)s))
       OR r.duplicate_of_id IN (SELECT request_id FROM intake_requestlink
                                WHERE opportunity_id = ANY(%(opportunities)s))
)
SELECT 'request', request, count(DISTINCT person) FROM voice
WHERE request = ANY(%(requests)s) GROUP BY request
UNION ALL
SELECT 'opportunity', l.opportunity_id, count(DISTINCT person)
FROM intake_requestlink l JOIN voice ON l.request_id IN (voice.request, voice.own)
WHERE l.opportunity_id = ANY(%(opportunities)s) GROUP BY l.opportunity_id
"""
