-- New timers, as columns; that of traceparent may be empty, and then none has one. Rows: one for each, but those whose key a waiting timer has.
-- Index timer_key. Locks keys in their order, whoever inserts them: who waits for a key holds none that comes after it. Of equal ones the first made wins.
INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent,
                   run_id, workflow_id, workflow_version, task_id, key, lane, traceparent)
SELECT id, status, due_at, next_attempt_at, created_at, timezone, spec::json, 0,
       run_id, workflow_id, workflow_version, task_id, key, lane, traceparent
FROM unnest(:id, :status, :due, :next, :created, :timezone, :spec, :run, :workflow, :version, :task, :key, :lane,
            :traceparent)
     AS t (id, status, due_at, next_attempt_at, created_at, timezone, spec, run_id, workflow_id,
           workflow_version, task_id, key, lane, traceparent)
ORDER BY key COLLATE "C" NULLS FIRST, id
ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
RETURNING id
