-- Those that match among the newest deaths, in groups that died alike. Rows: one for each group, with how many deaths were looked at
-- and how many match; one without a group where none matches.
-- The rows are read by one of the indexes of timer_dead, newest first, and no more of them than it says.
WITH newest AS MATERIALIZED (<dead>),
groups AS (
    SELECT problem, min(lane) AS lane, min(host) AS host, min(outcome) AS outcome, min(http_status) AS http_status, min(text) AS text,
           count(*) AS count, min(finished_at) AS first_at, max(finished_at) AS last_at,
           array_agg(DISTINCT workflow_id) FILTER (WHERE workflow_id IS NOT NULL) AS workflows,
           array_agg(id ORDER BY finished_at DESC, id DESC) AS samples
    FROM newest
    WHERE matches
    GROUP BY problem
    ORDER BY count(*) DESC, max(finished_at) DESC, problem
    LIMIT <most>)
SELECT problem, lane, host, outcome, http_status, text, count, first_at, last_at,
       trim_array(workflows, greatest(cardinality(workflows) - 10, 0)) AS workflows,
       trim_array(samples, greatest(cardinality(samples) - 3, 0)) AS samples,
       looked, matching
FROM (SELECT count(*) AS looked, count(*) FILTER (WHERE matches) AS matching FROM newest) AS looks LEFT JOIN groups ON true
ORDER BY count DESC, last_at DESC, problem
