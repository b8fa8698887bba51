-- Brings failed runs back to go on. Rows: one for each, but it fails where another has the key by now.
-- Index run_history_id, of the days on which they failed. Locks the history's rows, then keys in their order.
WITH moved AS (DELETE FROM <runs> AND id = ANY(:ids) AND status = 'failed' RETURNING *)
INSERT INTO run
SELECT id, workflow_id, workflow_version, key, timezone, input, 'active', task_id, timer_id, NULL,
       created_at, :now, NULL, passed
FROM moved
ORDER BY key COLLATE "C" NULLS FIRST, workflow_id, id
RETURNING id, key
