-- Who waits at each task of a workflow, newest versions first. Reads no more of an index than is counted, and locks nothing.
-- Indexes workflow_task_workflow; for each task timer_task (alone, and both its ends), timer_task_unusual, timer_dead_task of some five months.
SELECT k.task_id, k.name, k.last_version,
       (SELECT count(*) FROM (SELECT FROM timer AS t WHERE t.task_id = k.task_id LIMIT <beyond>) AS counted) AS timers,
       (SELECT count(*) FROM (SELECT FROM timer AS t WHERE t.task_id = k.task_id AND t.status = 'retrying' LIMIT <beyond>) AS counted) AS retrying,
       (SELECT count(*) FROM (SELECT FROM timer AS t WHERE t.task_id = k.task_id AND t.status = 'paused' LIMIT <beyond>) AS counted) AS paused,
       (SELECT count(*) FROM (SELECT FROM timer_dead AS d
                              WHERE d.task_id = k.task_id
                                AND d.finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'timer_history')
                              LIMIT <beyond>) AS counted) AS dead,
       (SELECT min(due_at) FROM timer AS t WHERE t.task_id = k.task_id) AS earliest,
       (SELECT max(due_at) FROM timer AS t WHERE t.task_id = k.task_id) AS latest
FROM workflow_task AS k
WHERE k.workflow_id = :id
ORDER BY k.last_version DESC
LIMIT <tasks>
