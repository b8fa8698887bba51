-- Moves timers that wait into the history, and their keys with them. Rows: one for each that is still there.
-- Primary key; locks timer, then the keys' partition and the history's for writing.
WITH moved AS (DELETE FROM timer WHERE id = ANY(:ids) RETURNING *),
keyed AS (INSERT INTO timer_key_history SELECT key, id, :now FROM moved WHERE key IS NOT NULL)
INSERT INTO timer_history
SELECT id, 'cancelled', due_at, NULL, created_at, timezone, spec, attempts_spent, attempts, lateness_ms,
       run_id, workflow_id, workflow_version, task_id, key, :now, input, traceparent
FROM moved
RETURNING id
