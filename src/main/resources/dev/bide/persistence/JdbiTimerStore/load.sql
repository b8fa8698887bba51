-- What a call needs. Rows: one for each timer that is there. Primary keys of timer and run; no locks.
-- The run's zone is read too: what can't be read when it is settled is not to be called. What is larger than :largest, in bytes, is left out, but for its url.
SELECT t.id, t.status, t.due_at, t.next_attempt_at, t.timezone, t.attempts_spent,
       coalesce(jsonb_array_length(t.attempts), 0) AS attempts_made,
       t.run_id, t.workflow_id, t.workflow_version, t.task_id, t.traceparent,
       t.status = 'paused' OR t.run_id IS NOT NULL AND run.status IS DISTINCT FROM 'active' AS held,
       run.workflow_version AS run_version, run.timezone AS run_timezone, run.key AS run_key, size.bytes,
       CASE WHEN size.bytes <= :largest THEN t.spec END AS spec,
       CASE WHEN size.bytes <= :largest THEN coalesce(run.input, t.input) END AS run_input,
       CASE WHEN size.bytes > :largest THEN substring(t.spec::text FROM :url) END AS url
FROM timer AS t
LEFT JOIN run ON run.id = t.run_id
CROSS JOIN LATERAL (
    SELECT octet_length(t.spec::text)::bigint + coalesce(octet_length(coalesce(run.input, t.input)::text), 0) AS bytes) AS size
WHERE t.id = ANY(:ids)
