-- No locks. What waits: the planner's estimate where that is clearly more than is counted, else up to 100,001 rows of timer. The estimate is rows to a page when the table
-- was last analysed times its pages now, so that one that was small then and has grown is not counted for ever. It is taken too where there are more than 16 MB of pages
-- with less than one row to each: after many were deleted all those would be read to count a few. Retrying and paused: index timer_unusual.
-- Dead: timer_dead_finished, without those whose day of the history was dropped.
WITH size AS (
  SELECT relpages, reltuples, pg_relation_size(oid) / current_setting('block_size')::bigint AS pages
  FROM pg_class
  WHERE oid = 'timer'::regclass),
guess AS (
  SELECT estimated, estimated > 200000 OR (pages > 2000 AND relpages > 0 AND reltuples >= 0 AND estimated < pages) AS guessed
  FROM (SELECT *, CASE WHEN relpages > 0 AND reltuples > 0 THEN (reltuples / relpages * pages)::bigint ELSE 0 END AS estimated FROM size) AS sized)
SELECT
  estimated,
  guessed,
  CASE WHEN guessed THEN estimated ELSE (SELECT count(*) FROM (SELECT FROM timer LIMIT 100001) AS t) END AS waiting,
  (SELECT count(*) FROM (SELECT FROM timer WHERE status = 'retrying' LIMIT 100001) AS t) AS retrying,
  (SELECT count(*) FROM (SELECT FROM timer WHERE status = 'paused' LIMIT 100001) AS t) AS paused,
  (SELECT count(*) FROM (SELECT FROM timer_dead
                         WHERE finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'timer_history')
                         LIMIT 100001) AS t) AS dead
FROM guess
