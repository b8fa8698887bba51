--liquibase formatted sql

--changeset bide:0004-endings
--comment Who is called when a run of a version is over; null for nobody, as in all versions of before.
ALTER TABLE workflow_version ADD COLUMN endings json;
-- Of a timer that tells of the end of a run, and is filled from it: the run's input. Null in all others, and then it takes no room.
ALTER TABLE timer ADD COLUMN input json;
ALTER TABLE timer_history ADD COLUMN input json;
SELECT bide_keep_no_json_statistics(which)
FROM (SELECT 'timer'::regclass AS which UNION SELECT 'timer_history'::regclass
      UNION SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'timer_history'::regclass) AS tables;
