-- The most common values of a column of waiting timers, with their shares of all; one row without a value where there are none.
SELECT c.value, CAST(c.share AS double precision) AS share, CAST(1 - s.null_frac AS double precision) AS known, CAST(s.n_distinct AS double precision) AS n_distinct
FROM pg_stats AS s
LEFT JOIN LATERAL unnest(s.most_common_vals::text::text[], s.most_common_freqs) AS c (value, share) ON true
WHERE s.schemaname = current_schema() AND s.tablename = 'timer' AND s.attname = :column
