-- What is wrong with each of some timers, all as of one moment; null where nothing is. Rows: one for each.
-- The index of whatever selects them, and the triggers' primary key; all fired triggers. No locks.
WITH looked_at AS MATERIALIZED (<timers>),
placed AS MATERIALIZED (
    SELECT looked_at.*,
           CASE WHEN <judged> THEN <trigger_state> END AS state,
           <in_hand> AS in_hand
    FROM looked_at)
SELECT id, status, due_at, next_attempt_at,
       CASE
           WHEN in_hand OR <right> THEN NULL
           WHEN state IS NULL THEN 'TIMER_WITHOUT_TRIGGER'
           WHEN state = 'ERROR' THEN 'TRIGGER_IN_ERROR'
           WHEN state IN ('ACQUIRED', 'COMPLETE') THEN 'TRIGGER_IN_NO_HANDS'
           WHEN state LIKE 'PAUSED%' AND status <> 'paused' THEN 'TRIGGER_PAUSED_ALONE'
           WHEN state = 'WAITING' AND status = 'paused' THEN 'TIMER_PAUSED_ALONE'
       END AS kind
FROM placed
ORDER BY <order>
