-- New runs, as columns. Rows: one for each, but those whose key a run of the same workflow has that goes on.
-- Index run_key. Locks keys in their order, whoever inserts them: who waits for a key holds none that comes after it. Of equal ones the first made wins.
INSERT INTO run (id, workflow_id, workflow_version, key, timezone, status, task_id, timer_id, error,
                 created_at, updated_at, finished_at, input)
SELECT id, workflow_id, workflow_version, key, timezone, status, task_id, timer_id, error,
       created_at, updated_at, finished_at, input::json
FROM unnest(:id, :workflow, :version, :key, :timezone, :status, :task, :timer, :error, :created, :updated, :finished, :input)
     AS r (id, workflow_id, workflow_version, key, timezone, status, task_id, timer_id, error,
           created_at, updated_at, finished_at, input)
ORDER BY key COLLATE "C" NULLS FIRST, workflow_id, id
ON CONFLICT (key, workflow_id) WHERE key IS NOT NULL DO NOTHING
RETURNING id
