--liquibase formatted sql

--changeset bide:0007-lanes
--comment The triggers that wait by their lane, which is their priority: those of one that is held back are taken apart, oldest first, however many others are due. Without it the job store works too, and reads all that is due to find a lane's.
-- What names no lane can't use it, because of its last condition: the planner took it for the statement that takes what is due, now and then, and sorted all that waited.
CREATE INDEX qrtz_triggers_lane ON qrtz_triggers (priority, sched_name, next_fire_time) WHERE trigger_state = 'WAITING' AND priority IS NOT NULL;
--rollback DROP INDEX qrtz_triggers_lane;
