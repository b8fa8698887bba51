-- Partitions that are not there: of days, and of the months that they are in, for keys and the dead. Rows: few, most often none.
-- Reads catalogues only; no locks.
SELECT DISTINCT history, first AS day
FROM unnest(ARRAY['run_history', 'timer_history', 'run_key_history', 'timer_key_history', 'timer_dead']) AS history
CROSS JOIN generate_series(-1, :ahead) AS ahead
CROSS JOIN LATERAL (SELECT CAST(:today AS date) + ahead AS day) AS days
CROSS JOIN LATERAL (SELECT CASE WHEN history IN ('run_key_history', 'timer_key_history', 'timer_dead')
                                THEN CAST(date_trunc('month', day) AS date) ELSE day END AS first) AS firsts
WHERE NOT EXISTS (SELECT FROM bide_partition AS p WHERE p.history = history.history AND p.day = first)
ORDER BY day, history
