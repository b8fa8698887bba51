-- Brings dead timers back to wait at once. Those of a run only where it failed with them.
-- Rows: one for each, but it fails where another has the key by now. Indexes timer_history_id and run_history_id, of the days on which they were finished: a run fails
-- in the transaction, and at the time, of its timer. Locks the history's rows, then keys in their order.
-- Timers that wait have a lane, finished ones have none: the caller says it, of each.
WITH moved AS (
    DELETE FROM <timers> AND id = ANY(:ids) AND status = 'dead'
      AND (run_id IS NULL
           OR EXISTS (SELECT FROM <runs> AND r.id = timer_history.run_id AND r.timer_id = timer_history.id
                        AND r.status = 'failed'))
    RETURNING *)
INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent, attempts, lateness_ms,
                   run_id, workflow_id, workflow_version, task_id, key, lane, traceparent, input)
SELECT id, 'scheduled', :now, :now, created_at, timezone, spec, 0, attempts, lateness_ms,
       run_id, workflow_id, workflow_version, task_id, key, lane, traceparent, input
FROM moved
JOIN unnest(:ids, :lanes) AS l (id, lane) USING (id)
ORDER BY key COLLATE "C" NULLS FIRST, id
RETURNING *
