-- A row for each timer that dies, as columns, before it leaves timer. Rows: one for each.
-- Primary key of timer; new rows alone, locks nothing. The ids stand alone as well: a join to unnest there is planned without statistics and scans the table.
INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, http_status, text, run_id, workflow_id, task_id)
SELECT id, d.finished_at, timer.due_at, d.problem, d.lane, d.host, d.outcome, d.http_status::smallint, d.text,
       timer.run_id, timer.workflow_id, timer.task_id
FROM timer
JOIN unnest(:id, :finished, :problem, :lane, :host, :outcome, :http, :text)
     AS d (id, finished_at, problem, lane, host, outcome, http_status, text) USING (id)
WHERE timer.id = ANY(:id)
