-- Counts what has happened. Rows: one for each event and subject, in their order. Primary key; locks the rows.
-- The first is told of after :first, those that follow not before :between has passed since people were told.
INSERT INTO notice_group AS g (event, subject, workflow_id, count, first_at, last_at, samples, due_at)
SELECT event, subject, workflow_id, count, first_at, last_at, CAST(samples AS jsonb), now() + CAST(:first AS interval)
FROM unnest(:event, :subject, :workflow, :count, :firstAt, :lastAt, :samples) AS t (event, subject, workflow_id, count, first_at, last_at, samples)
ORDER BY event, subject
ON CONFLICT (event, subject) DO UPDATE
SET workflow_id = excluded.workflow_id, count = g.count + excluded.count,
    first_at = CASE WHEN g.count = 0 THEN excluded.first_at ELSE least(g.first_at, excluded.first_at) END,
    last_at = greatest(g.last_at, excluded.last_at),
    samples = (SELECT jsonb_agg(sample ORDER BY number)
               FROM jsonb_array_elements(g.samples || excluded.samples) WITH ORDINALITY AS s (sample, number) WHERE number <= :most),
    due_at = coalesce(g.due_at, greatest(excluded.due_at, g.told_at + CAST(:between AS interval)))
