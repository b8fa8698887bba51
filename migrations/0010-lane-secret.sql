--liquibase formatted sql

--changeset bide:0010-lane-secret
--comment By what all nodes number the lanes of destinations: one row, made here, by chance. By a sum that anybody can compute, a host could be named so that it shared the lane of another and stopped what is due there. What was stored by the old numbers is in no destination's lane any more, and is paced like what never had one.
CREATE TABLE lane_secret (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea   NOT NULL
);
INSERT INTO lane_secret (secret)
SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
--rollback DROP TABLE lane_secret;
