--liquibase formatted sql

--changeset bide:0009-run
--comment The tasks that a run has been at, where it was moved to a version that orders them otherwise; null for almost all runs, and then it takes no room. No table is rewritten.
ALTER TABLE run ADD COLUMN passed uuid[];

--changeset bide:0009-history
--comment A failed run takes them along, and brings them back when it is redriven. A transaction of its own: whoever redrives locks the history first.
ALTER TABLE run_history ADD COLUMN passed uuid[];
