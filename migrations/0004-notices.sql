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

--changeset bide:0004-channels
--comment Where people are told of what happens, beside what the configuration names. Few rows; each is changed by itself, by its primary key.
CREATE TABLE channel (
    name       text        PRIMARY KEY,
    definition json        NOT NULL,
    changed_at timestamptz NOT NULL
);

-- How far the control plane has looked: the snapshot of that look. What a later one sees that this did not is new, in whatever order it was committed.
-- One row; none where no channel was there. Whoever looks locks it first.
CREATE TABLE notice_edge (
    one       boolean     PRIMARY KEY DEFAULT true CHECK (one),
    looked_at timestamptz NOT NULL,
    snapshot  pg_snapshot NOT NULL
);

-- What has happened and nobody was told of, counted: one row for each event and what it is about. due_at is null, and count 0, where people were told and nothing has
-- happened since; such a row says only when that was, and goes when the next may be told at once.
CREATE TABLE notice_group (
    event       text        NOT NULL,
    subject     text        NOT NULL,
    workflow_id uuid,
    count       bigint      NOT NULL CHECK (count >= 0),
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    samples     jsonb       NOT NULL,
    due_at      timestamptz,
    told_at     timestamptz,
    PRIMARY KEY (event, subject),
    CHECK ((count = 0) = (due_at IS NULL))
);

-- What goes on since an earlier look: destinations that are given up, nodes that are lost, a promise that is broken.
CREATE TABLE notice_mark (
    event   text        NOT NULL,
    subject text        NOT NULL,
    since   timestamptz NOT NULL,
    PRIMARY KEY (event, subject)
);

-- What one channel is told. Mails wait here until they were sent (next_at); calls are timers, stored in the transaction of this row.
CREATE TABLE notice (
    id         uuid        PRIMARY KEY,
    channel    text        NOT NULL,
    event      text        NOT NULL,
    created_at timestamptz NOT NULL,
    title      text        NOT NULL,
    body       text        NOT NULL,
    timer_id   uuid,
    attempts   integer     NOT NULL,
    next_at    timestamptz,
    sent_at    timestamptz,
    error      text,
    CHECK (timer_id IS NULL OR next_at IS NULL)
);
-- Mails that wait.
CREATE INDEX notice_next ON notice (next_at) WHERE next_at IS NOT NULL;
-- Whether a timer that died was one of these.
CREATE INDEX notice_timer ON notice (timer_id) WHERE timer_id IS NOT NULL;
-- What was sent by a channel lately, and what is to be forgotten.
CREATE INDEX notice_created ON notice (created_at);
SELECT bide_keep_no_json_statistics(which) FROM unnest(ARRAY['channel', 'notice_group']::regclass[]) AS which;
