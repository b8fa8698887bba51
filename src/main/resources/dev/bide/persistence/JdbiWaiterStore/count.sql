-- How many wait at each task, and from when to when. Reads no more of an index than is counted, and locks nothing.
-- Index timer_task, alone and both its ends.
SELECT k.task_id,
       (SELECT count(*) FROM (SELECT FROM timer AS t WHERE t.task_id = k.task_id LIMIT <beyond>) AS counted) AS waiting,
       (SELECT min(due_at) FROM timer AS t WHERE t.task_id = k.task_id) AS earliest,
       (SELECT max(due_at) FROM timer AS t WHERE t.task_id = k.task_id) AS latest
FROM unnest(:tasks) AS k (task_id)
