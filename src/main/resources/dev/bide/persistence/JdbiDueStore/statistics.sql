-- How due times are spread: the most common ones with their shares of all, and without a share the borders between equal parts of the others, in order.
-- As long as nobody has analysed the table, the first and the last of all (both ends of timer_due).
WITH known AS MATERIALIZED (
    SELECT most_common_vals::text::timestamptz[] AS common, most_common_freqs AS shares, histogram_bounds::text::timestamptz[] AS bounds
    FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = 'timer' AND attname = 'due_at')
SELECT at, share, turn
FROM (
    SELECT c.at, CAST(c.share AS double precision) AS share, 0 AS turn FROM known CROSS JOIN LATERAL unnest(common, shares) AS c (at, share)
    UNION ALL
    SELECT b.at, NULL, b.turn FROM known CROSS JOIN LATERAL unnest(bounds) WITH ORDINALITY AS b (at, turn)
    UNION ALL
    SELECT ends.at, NULL, 1 FROM (SELECT unnest(ARRAY[min(due_at), max(due_at)]) AS at FROM timer WHERE NOT EXISTS (SELECT FROM known)) AS ends
    WHERE ends.at IS NOT NULL) AS shape
ORDER BY turn, at
