-- Every n-th timer of each task in the order in which they are due: a sample that nobody's delay or age can lean.
-- Index timer_task alone, no more of it than was counted.
SELECT picked.id
FROM unnest(:tasks, :steps) AS k (task_id, step)
CROSS JOIN LATERAL (SELECT id, row_number() OVER (ORDER BY due_at, id) AS place
                    FROM (SELECT id, due_at FROM timer AS t WHERE t.task_id = k.task_id ORDER BY due_at, id LIMIT <most>) AS first) AS picked
WHERE picked.place % k.step = 0
