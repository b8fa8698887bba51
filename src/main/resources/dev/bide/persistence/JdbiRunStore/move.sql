-- Moves runs that are over into the history. Rows: one for each. Primary key; the caller has locked them.
-- What does not change stays in the database, the inputs above all. The ids stand alone in the DELETE, as those of timers do.
WITH moved AS (DELETE FROM run WHERE id = ANY(:id) RETURNING *)
INSERT INTO run_history
SELECT id, workflow_id, workflow_version, key, timezone, input, r.run_status, r.task, r.timer, r.why,
       created_at, r.updated, r.finished, passed
FROM moved
JOIN unnest(:id, :status, :task, :timer, :error, :updated, :finished)
     AS r (id, run_status, task, timer, why, updated, finished) USING (id)
