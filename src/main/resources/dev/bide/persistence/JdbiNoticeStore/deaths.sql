-- Deaths that a look sees and the one before did not, by workflow, or by destination where the timer belonged to none. Rows: one for each of these.
-- Index timer_dead_finished, from a while before the last look: a death may be committed so long after it happened. Of each row, xmin says which transaction wrote it; the
-- upper half of its number is that of the newest, or one less; a snapshot names no subtransactions, and no death or end is written in one. No locks.
WITH edge AS (
    SELECT CAST(:snapshot AS pg_snapshot) AS seen, CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS newest),
died AS (
    SELECT d.id, d.workflow_id, CASE WHEN d.workflow_id IS NULL THEN d.host END AS host, d.finished_at, d.text,
           row_number() OVER (PARTITION BY d.workflow_id, CASE WHEN d.workflow_id IS NULL THEN d.host END ORDER BY d.finished_at, d.id) AS number
    FROM timer_dead AS d CROSS JOIN edge
    WHERE d.finished_at >= greatest(:from, now() - interval '15 minutes')
      AND NOT pg_visible_in_snapshot(CAST(CAST(edge.newest - ((edge.newest - CAST(CAST(d.xmin AS text) AS bigint)) & 4294967295) AS text) AS xid8), edge.seen)
      AND NOT EXISTS (SELECT FROM notice WHERE notice.timer_id = d.id))
SELECT workflow_id, host, count(*) AS deaths, min(finished_at) AS first_at, max(finished_at) AS last_at,
       jsonb_agg(jsonb_build_object('id', id, 'text', text) ORDER BY number) FILTER (WHERE number <= :samples) AS samples
FROM died
GROUP BY workflow_id, host
