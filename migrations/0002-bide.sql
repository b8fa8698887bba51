--liquibase formatted sql

--changeset bide:0002-workflows
--comment Workflows: one row each for what it is now, and one for each version it ever had. A version never changes.
CREATE TABLE workflow (
    id          uuid        PRIMARY KEY,
    version     integer     NOT NULL CHECK (version >= 1),
    created_at  timestamptz NOT NULL,
    archived_at timestamptz
);

CREATE TABLE workflow_version (
    workflow_id uuid        NOT NULL REFERENCES workflow,
    version     integer     NOT NULL CHECK (version >= 1),
    name        text        NOT NULL,
    description text,
    timezone    text,
    tasks       json        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, version)
);

--changeset bide:0002-runs
--comment Runs that go on; those that are finished move to run_history. No foreign keys here or below: the engine writes all sides in one transaction, and the checks would cost half of every insert.
CREATE TABLE run (
    id               uuid        PRIMARY KEY,
    workflow_id      uuid        NOT NULL,
    workflow_version integer     NOT NULL,
    key              text,
    timezone         text,
    input            json        NOT NULL,
    status           text        NOT NULL CHECK (status IN ('active', 'paused')),
    task_id          uuid,
    timer_id         uuid,
    error            text,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    finished_at      timestamptz CHECK (finished_at IS NULL),
    -- The tasks that it has been at, where it was moved to a version that orders them otherwise; null for almost all runs, and then it takes no room.
    passed           uuid[]
);
-- The same key again is the same run.
CREATE UNIQUE INDEX run_key ON run (key, workflow_id) WHERE key IS NOT NULL;
-- Lists of one workflow's runs.
CREATE INDEX run_workflow ON run (workflow_id, id);
-- Paused runs, which are few among millions of active ones.
CREATE INDEX run_unusual ON run (status, id) WHERE status <> 'active';

CREATE TABLE run_history (
    id               uuid        NOT NULL,
    workflow_id      uuid        NOT NULL,
    workflow_version integer     NOT NULL,
    key              text,
    timezone         text,
    input            json        NOT NULL,
    status           text        NOT NULL CHECK (status IN ('completed', 'failed', 'cancelled')),
    task_id          uuid,
    timer_id         uuid,
    error            text,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    finished_at      timestamptz NOT NULL,
    -- A failed run takes them along, and brings them back when it is redriven.
    passed           uuid[]
) PARTITION BY RANGE (finished_at);
CREATE INDEX run_history_id ON run_history (id);
CREATE INDEX run_history_key ON run_history (key, workflow_id) WHERE key IS NOT NULL;
CREATE INDEX run_history_workflow ON run_history (workflow_id, id);
-- The rare states.
CREATE INDEX run_history_unusual ON run_history (status, id) WHERE status <> 'completed';

--changeset bide:0002-timers
--comment Timers that wait, each with one Quartz trigger of its id; those that are finished move to timer_history.
CREATE TABLE timer (
    id               uuid        PRIMARY KEY,
    status           text        NOT NULL CHECK (status IN ('scheduled', 'retrying', 'paused')),
    due_at           timestamptz NOT NULL,
    next_attempt_at  timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    timezone         text        NOT NULL,
    spec             json        NOT NULL,
    attempts_spent   smallint    NOT NULL CHECK (attempts_spent BETWEEN 0 AND 4),
    attempts         jsonb,
    lateness_ms      bigint,
    run_id           uuid,
    workflow_id      uuid,
    workflow_version integer,
    task_id          uuid,
    key              text,
    finished_at      timestamptz CHECK (finished_at IS NULL),
    -- Paused by itself: when its run is resumed, it stays so.
    paused_alone     boolean     NOT NULL DEFAULT false,
    CHECK (num_nulls(run_id, workflow_id, workflow_version, task_id) IN (0, 4))
) WITH (
    -- Every row is deleted soon after it is due: clean up after a fixed number of dead rows, however many millions wait.
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_cost_delay = 1,
    fillfactor = 90
);
CREATE UNIQUE INDEX timer_key ON timer (key) WHERE key IS NOT NULL;
-- Lists by due time.
CREATE INDEX timer_due ON timer (due_at, id);
-- The timers of a run, a workflow, a task. Lone timers cost nothing here.
CREATE INDEX timer_run ON timer (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX timer_workflow ON timer (workflow_id, id) WHERE workflow_id IS NOT NULL;
CREATE INDEX timer_task ON timer (task_id, id) WHERE task_id IS NOT NULL;
-- The rare states.
CREATE INDEX timer_unusual ON timer (status, id) WHERE status <> 'scheduled';

CREATE TABLE timer_history (
    id               uuid        NOT NULL,
    status           text        NOT NULL CHECK (status IN ('delivered', 'dead', 'cancelled')),
    due_at           timestamptz NOT NULL,
    next_attempt_at  timestamptz CHECK (next_attempt_at IS NULL),
    created_at       timestamptz NOT NULL,
    timezone         text        NOT NULL,
    spec             json        NOT NULL,
    attempts_spent   smallint    NOT NULL,
    attempts         jsonb,
    lateness_ms      bigint,
    run_id           uuid,
    workflow_id      uuid,
    workflow_version integer,
    task_id          uuid,
    key              text,
    finished_at      timestamptz NOT NULL
) PARTITION BY RANGE (finished_at);
CREATE INDEX timer_history_id ON timer_history (id);
CREATE INDEX timer_history_due ON timer_history (due_at, id);
CREATE INDEX timer_history_run ON timer_history (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX timer_history_workflow ON timer_history (workflow_id, id) WHERE workflow_id IS NOT NULL;
CREATE INDEX timer_history_task ON timer_history (task_id, id) WHERE task_id IS NOT NULL;
CREATE INDEX timer_history_unusual ON timer_history (status, id) WHERE status <> 'delivered';

--changeset bide:0002-keys
--comment The keys of what is finished, by month: a key says nothing of the day, and a look for it in a year of daily partitions would lock three thousand tables and indexes.
CREATE TABLE timer_key_history (
    key         text        NOT NULL,
    id          uuid        NOT NULL,
    finished_at timestamptz NOT NULL
) PARTITION BY RANGE (finished_at);
CREATE INDEX timer_key_history_key ON timer_key_history (key);

CREATE TABLE run_key_history (
    key         text        NOT NULL,
    workflow_id uuid        NOT NULL,
    id          uuid        NOT NULL,
    finished_at timestamptz NOT NULL
) PARTITION BY RANGE (finished_at);
CREATE INDEX run_key_history_key ON run_key_history (key, workflow_id);

--changeset bide:0002-retention
--comment How long what is finished is kept: one row for all nodes, which the first node of role scheduler writes and `retention --days` changes. No node drops history by what its own file says.
CREATE TABLE history_retention (
    one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
    days       integer     NOT NULL CHECK (days BETWEEN 1 AND 3650),
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- What was finished before kept_from is gone.
CREATE TABLE history_edge (
    history   text        PRIMARY KEY,
    kept_from timestamptz NOT NULL
);
INSERT INTO history_edge VALUES ('run_history', '-infinity'), ('timer_history', '-infinity');

--changeset bide:0002-histories splitStatements:false
--comment Partitions of the histories, a day each (UTC), and of the keys, a month each; and of each one for whatever fits no other, which should stay empty.
CREATE TABLE run_history_other PARTITION OF run_history DEFAULT;
CREATE TABLE timer_history_other PARTITION OF timer_history DEFAULT;
CREATE TABLE run_key_history_other PARTITION OF run_key_history DEFAULT;
CREATE TABLE timer_key_history_other PARTITION OF timer_key_history DEFAULT;

-- No statistics of JSON, which no query filters by: comparing samples of it was most of what analysing the growing history cost, some 8 % of a core at 4,500 timers a second.
CREATE FUNCTION bide_keep_no_json_statistics(which regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    column_name name;
BEGIN
    FOR column_name IN
        SELECT attname FROM pg_attribute
        WHERE attrelid = which AND atttypid IN ('json'::regtype, 'jsonb'::regtype) AND NOT attisdropped
    LOOP
        EXECUTE format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS 0', which, column_name);
    END LOOP;
END
$$;

SELECT bide_keep_no_json_statistics(which)
FROM unnest(ARRAY['run', 'run_history', 'run_history_other', 'timer', 'timer_history', 'timer_history_other']::regclass[]) AS which;

-- Makes the partition that a day (UTC) belongs to, where there is none. Returns the rows that lay in the partition for the rest; null where it was there.
-- It is analysed when a fifth of it is new, not a twentieth, for it only grows; neither LIKE nor attaching brings such settings along.
CREATE FUNCTION bide_make_partition(history text, day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    monthly boolean := right(history, 12) = '_key_history';
    first_day date := CASE WHEN monthly THEN date_trunc('month', day)::date ELSE day END;
    beyond_day date := (first_day + CASE WHEN monthly THEN interval '1 month' ELSE interval '1 day' END)::date;
    partition text := history || '_' || to_char(first_day, CASE WHEN monthly THEN 'YYYYMM' ELSE 'YYYYMMDD' END);
    other text := history || '_other';
    first text := to_char(first_day, 'YYYY-MM-DD') || ' 00:00:00+00';
    beyond text := to_char(beyond_day, 'YYYY-MM-DD') || ' 00:00:00+00';
    moved bigint;
BEGIN
    -- One at a time, whichever node asks.
    PERFORM pg_advisory_xact_lock(hashtext('bide_partitions'));
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    -- Made apart and attached: that does not hold up those who write to the other partitions.
    EXECUTE format(
        'CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS) WITH (autovacuum_analyze_scale_factor = 0.2, autovacuum_analyze_threshold = 10000)',
        partition, history);
    PERFORM bide_keep_no_json_statistics(partition::regclass);
    -- The locks that attaching takes, in its order, before the rows move: nobody adds one of that day in between.
    EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', history);
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', other);
    EXECUTE format(
        'WITH moved AS (DELETE FROM %I WHERE finished_at >= %L AND finished_at < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
        other, first, beyond, partition);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', history, partition, first, beyond);
    RETURN moved;
END
$$;

-- The partitions, but those for the rest: from day on, up to but not including beyond.
CREATE VIEW bide_partition AS
SELECT history, first AS day, CASE WHEN monthly THEN (first + interval '1 month')::date ELSE first + 1 END AS beyond, partition
FROM (
    SELECT parent.relname::text AS history, child.relname::text AS partition, right(parent.relname, 12) = '_key_history' AS monthly,
           to_date(substring(child.relname FROM '[0-9]+$') || CASE WHEN right(parent.relname, 12) = '_key_history' THEN '01' ELSE '' END,
                   'YYYYMMDD') AS first
    FROM pg_inherits
    JOIN pg_class AS parent ON parent.oid = inhparent
    JOIN pg_class AS child ON child.oid = inhrelid
    WHERE inhparent IN ('run_history'::regclass, 'timer_history'::regclass,
                        'run_key_history'::regclass, 'timer_key_history'::regclass)
      AND child.relname ~ '_history_[0-9]+$') AS partitions;

-- From yesterday up to a week ahead. The upkeep makes those that follow.
SELECT bide_make_partition(history, (now() AT TIME ZONE 'UTC')::date + ahead)
FROM unnest(ARRAY['run_history', 'timer_history']) AS history, generate_series(-1, 7) AS ahead;
-- The months of every day from yesterday up to a month from now: by three days of them, the month after January, or after March, would be missing at its end.
SELECT bide_make_partition(history, (now() AT TIME ZONE 'UTC')::date + ahead)
FROM unnest(ARRAY['run_key_history', 'timer_key_history']) AS history, generate_series(-1, 31) AS ahead;

--changeset bide:0002-operations
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

-- What an operation came upon while a node had it in hand, to be tried again until it is free or gone.
CREATE TABLE operation_rest (
    operation_id uuid NOT NULL,
    timer_id     uuid NOT NULL,
    PRIMARY KEY (operation_id, timer_id)
);

--changeset bide:0002-lane-secret
--comment By what all nodes number the lanes of destinations: one row, made here, by chance. By a sum that anybody can compute, a host could be named so that it shared the lane of another and stopped what is due there.
CREATE TABLE lane_secret (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea   NOT NULL
);
INSERT INTO lane_secret (secret)
SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
