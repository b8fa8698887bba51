-- Operations that have ended, some of them without success, as a look sees them and the one before did not. Rows: one for each. Index operation_finished. No locks.
WITH edge AS (
    SELECT CAST(:snapshot AS pg_snapshot) AS seen, CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS newest)
SELECT o.id, o.kind, o.status, o.done, o.failed, o.finished_at
FROM operation AS o CROSS JOIN edge
WHERE o.status <> 'running' AND o.finished_at >= greatest(:from, now() - interval '15 minutes') AND o.failed > 0
  AND NOT pg_visible_in_snapshot(CAST(CAST(edge.newest - ((edge.newest - CAST(CAST(o.xmin AS text) AS bigint)) & 4294967295) AS text) AS xid8), edge.seen)
ORDER BY o.finished_at, o.id
LIMIT :most
