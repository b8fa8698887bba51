-- The inputs of runs that end, for the timers that tell of it. Rows: one for each, whether it has its input now. Primary keys of timer and run; the rows of timer are
-- new, and their caller's. A look-up for each: a join to unnest is planned without statistics.
UPDATE timer
SET input = (SELECT r.input FROM <runs> AS r
             WHERE r.id = (CAST(:run AS uuid[]))[array_position(CAST(:id AS uuid[]), timer.id)] AND <when>)
WHERE id = ANY(:id)
RETURNING id, input IS NOT NULL AS has
