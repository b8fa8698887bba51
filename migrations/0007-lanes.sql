--liquibase formatted sql

--changeset bide:0007-lanes
--comment The triggers that wait by their lane, which is their priority: those of one that is held back are taken apart, oldest first, however many others are due. Partial, as the other two. Without it the job store works too, and reads all that is due to find a lane's.
CREATE INDEX qrtz_triggers_lane ON qrtz_triggers (sched_name, priority, next_fire_time) WHERE trigger_state = 'WAITING';
--rollback DROP INDEX qrtz_triggers_lane;
