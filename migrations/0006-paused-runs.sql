--liquibase formatted sql

--changeset bide:0006-paused-runs
--comment Lists of paused runs, which are few among millions of active ones. Building it reads the table once and holds up writes to it meanwhile; it has no entries for active runs, and costs them nothing.
CREATE INDEX run_unusual ON run (status, id) WHERE status <> 'active';
