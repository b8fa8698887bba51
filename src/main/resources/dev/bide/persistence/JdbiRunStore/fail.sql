-- Moves a run whose next step can't be written into the history, failed, and its key with it. Rows: one, none where it is over.
-- Primary key; locks it.
WITH moved AS (DELETE FROM run WHERE id = :id RETURNING *),
keyed AS (
    INSERT INTO run_key_history
    SELECT key, workflow_id, id, :now FROM moved WHERE key IS NOT NULL)
INSERT INTO run_history
SELECT id, workflow_id, workflow_version, key, timezone, input, 'failed', task_id, timer_id, :why,
       created_at, :now, :now, passed
FROM moved
