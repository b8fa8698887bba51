-- Timers that wait, changed. Rows: one for each. Primary key; the caller has locked them.
-- The ids stand alone as well: a join to unnest there is planned without statistics and scans the table.
UPDATE timer
SET status = t.status, due_at = t.due_at, next_attempt_at = t.next_attempt_at, spec = t.spec::json,
    timezone = t.timezone, lane = t.lane, workflow_version = t.workflow_version,
    paused_alone = timer.paused_alone AND t.status = 'paused'
FROM unnest(:id, :status, :due, :next, :spec, :timezone, :version, :lane)
     AS t (id, status, due_at, next_attempt_at, spec, timezone, workflow_version, lane)
WHERE timer.id = t.id AND timer.id = ANY(:id)
