-- Moves timers whose last attempt is over into the history, and their keys with them. Rows: one for each.
-- Primary key; locks timer, then the keys' partition and the history's for writing.
-- The ids stand alone in the DELETE: a join to unnest there is planned without statistics and scans the table.
WITH moved AS (DELETE FROM timer WHERE id = ANY(:id) RETURNING *),
keyed AS (
    INSERT INTO timer_key_history
    SELECT key, id, t.settled_at
    FROM (SELECT key, id FROM moved WHERE key IS NOT NULL) AS m
    JOIN unnest(:id, :settled) AS t (id, settled_at) USING (id))
INSERT INTO timer_history
SELECT id, t.status, due_at, NULL, created_at, timezone, spec, attempts_spent + 1,
       coalesce(attempts, '[]') || t.attempt::jsonb, coalesce(lateness_ms, t.lateness),
       run_id, workflow_id, workflow_version, task_id, key, t.settled_at, input, traceparent
FROM moved
JOIN unnest(:id, :status, :attempt, :lateness, :settled)
     AS t (id, status, attempt, lateness, settled_at) USING (id)
