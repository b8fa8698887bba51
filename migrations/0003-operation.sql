--liquibase formatted sql

--changeset bide:0003-operation
--comment Changes to many timers, done in the background set by set. Each set's progress is written with what it changed, so a crash repeats nothing.
CREATE TABLE operation (
    id          uuid        PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('cancel', 'reschedule', 'redrive', 'pause', 'resume', 'apply-version')),
    request     json        NOT NULL,
    status      text        NOT NULL CHECK (status IN ('running', 'completed', 'cancelled')),
    matched     bigint      NOT NULL,
    done        bigint      NOT NULL,
    failed      bigint      NOT NULL,
    -- The last item dealt with; items are taken in order of id.
    position    uuid,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX operation_running ON operation (updated_at) WHERE status = 'running';
CREATE INDEX operation_finished ON operation (finished_at) WHERE status <> 'running';
