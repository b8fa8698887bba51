-- The last minute of a node's calls, in place of what it wrote before. Rows: one for each destination, 500 at most.
-- Primary key; locks rows of this node alone, in order of host and port.
INSERT INTO destination_figures (node_id, host, port, at, seconds, delivered, failed, refused, deferred, in_flight, breaker, held, latency)
SELECT :node, host, port, now(), seconds, delivered, failed, refused, deferred::json, in_flight, breaker, held, latency::integer[]
FROM unnest(:host, :port, :seconds, :delivered, :failed, :refused, :deferred, :in_flight, :breaker, :held, :latency)
     AS f (host, port, seconds, delivered, failed, refused, deferred, in_flight, breaker, held, latency)
ON CONFLICT (node_id, host, port) DO UPDATE
SET at = excluded.at, seconds = excluded.seconds, delivered = excluded.delivered, failed = excluded.failed, refused = excluded.refused,
    deferred = excluded.deferred, in_flight = excluded.in_flight, breaker = excluded.breaker, held = excluded.held, latency = excluded.latency
