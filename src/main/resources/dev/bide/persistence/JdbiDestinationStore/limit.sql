-- What a destination may be asked to carry by the whole cluster; null is left to the configuration. Rows: one.
-- Primary key; locks that row.
INSERT INTO destination (host, port, lane, max_concurrent_calls, calls_per_second, changed_at)
VALUES (:host, :port, :lane, :most, :rate, now())
ON CONFLICT (host, port) DO UPDATE
SET lane = excluded.lane, max_concurrent_calls = excluded.max_concurrent_calls,
    calls_per_second = excluded.calls_per_second, changed_at = excluded.changed_at
