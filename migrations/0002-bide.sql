--liquibase formatted sql

--changeset bide:0002-workflow
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

--changeset bide:0002-run
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
    finished_at      timestamptz CHECK (finished_at IS NULL)
);
-- The same key again is the same run.
CREATE UNIQUE INDEX run_key ON run (key, workflow_id) WHERE key IS NOT NULL;
-- Lists of one workflow's runs.
CREATE INDEX run_workflow ON run (workflow_id, id);

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
    finished_at      timestamptz NOT NULL
) PARTITION BY RANGE (finished_at);
CREATE INDEX run_history_id ON run_history (id);
CREATE INDEX run_history_key ON run_history (key, workflow_id) WHERE key IS NOT NULL;
CREATE INDEX run_history_workflow ON run_history (workflow_id, id);
-- The rare states.
CREATE INDEX run_history_unusual ON run_history (status, id) WHERE status <> 'completed';

--changeset bide:0002-timer
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
CREATE INDEX timer_history_key ON timer_history (key) WHERE key IS NOT NULL;
CREATE INDEX timer_history_due ON timer_history (due_at, id);
CREATE INDEX timer_history_run ON timer_history (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX timer_history_workflow ON timer_history (workflow_id, id) WHERE workflow_id IS NOT NULL;
CREATE INDEX timer_history_task ON timer_history (task_id, id) WHERE task_id IS NOT NULL;
CREATE INDEX timer_history_unusual ON timer_history (status, id) WHERE status <> 'delivered';

--changeset bide:0002-partitions splitStatements:false
--comment Partitions of the two histories, a day each (UTC), from yesterday up to days_ahead; and one for whatever fits no other, which should stay empty.
CREATE TABLE run_history_other PARTITION OF run_history DEFAULT;
CREATE TABLE timer_history_other PARTITION OF timer_history DEFAULT;

CREATE FUNCTION bide_make_partitions(today date, days_ahead integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    history text;
    day date;
    partition text;
    made integer := 0;
BEGIN
    -- One at a time, whichever node asks.
    PERFORM pg_advisory_xact_lock(hashtext('bide_make_partitions'));
    FOREACH history IN ARRAY ARRAY['run_history', 'timer_history'] LOOP
        FOR offset_days IN -1 .. days_ahead LOOP
            day := today + offset_days;
            partition := history || '_' || to_char(day, 'YYYYMMDD');
            IF to_regclass(partition) IS NULL THEN
                -- Made apart and attached: that does not hold up those who write to the other partitions.
                EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS)', partition, history);
                EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', history, partition,
                    to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
                made := made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;

CREATE FUNCTION bide_drop_partitions(before date) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    partition record;
    dropped integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('bide_make_partitions'));
    FOR partition IN
        SELECT child.relname AS name
        FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent IN ('run_history'::regclass, 'timer_history'::regclass)
          AND child.relname ~ '_history_[0-9]{8}$'
          AND to_date(right(child.relname, 8), 'YYYYMMDD') < before
    LOOP
        EXECUTE format('DROP TABLE %I', partition.name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

SELECT bide_make_partitions((now() AT TIME ZONE 'UTC')::date, 7);
