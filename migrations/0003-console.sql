--liquibase formatted sql

--changeset bide:0003-lanes
--comment The lane of its destination, beside each waiting timer: the same number as its trigger's priority. Repair and takeover make a lost trigger anew in its lane (in lane 5, that of no destination, it would leak out of a paused one), and a destination's retrying and paused timers are found by it. 4 to 8 bytes a timer; a constant default rewrites nothing. No index of all lanes: what waits is found by qrtz_triggers_lane.
ALTER TABLE timer ADD COLUMN lane integer NOT NULL DEFAULT 5;
-- Lists and bulk changes of one destination's retrying and paused timers, in order of id. Timers that were never tried nor paused cost nothing here.
CREATE INDEX timer_unusual_lane ON timer (lane, id) WHERE status <> 'scheduled';

--changeset bide:0003-tasks
--comment Who waits at each task, and when the first and the last of them are due. An index with the due time in it answers both without the table; it stands in place of the one by id, for a second one would cost 88 bytes of WAL for each timer of a run: this is 16 more. So lists of one task are in order of due time.
DROP INDEX timer_task;
CREATE INDEX timer_task ON timer (task_id, due_at, id) WHERE task_id IS NOT NULL;
DROP INDEX timer_history_task;
CREATE INDEX timer_history_task ON timer_history (task_id, due_at, id) WHERE task_id IS NOT NULL;
-- How many of a task's timers are retrying, how many paused. A timer of a run that is never retried or paused is not in it.
CREATE INDEX timer_task_unusual ON timer (task_id, status) WHERE status <> 'scheduled' AND task_id IS NOT NULL;

-- Each task that a workflow ever had, and the newest version with it: timers wait at tasks that newer versions have no more, and no index of timers
-- names a workflow's tasks. Written with each version, under the workflow's lock, in order of task_id.
CREATE TABLE workflow_task (
    task_id      uuid    PRIMARY KEY,
    workflow_id  uuid    NOT NULL,
    name         text    NOT NULL,
    last_version integer NOT NULL CHECK (last_version >= 1)
);
-- A workflow's tasks, newest first.
CREATE INDEX workflow_task_workflow ON workflow_task (workflow_id, last_version);
INSERT INTO workflow_task (task_id, workflow_id, name, last_version)
SELECT DISTINCT ON (task_id) task_id, workflow_id, name, version
FROM (SELECT CAST(task ->> 'id' AS uuid) AS task_id, v.workflow_id, task ->> 'name' AS name, v.version
      FROM workflow_version AS v CROSS JOIN LATERAL json_array_elements(v.tasks) AS task) AS known
ORDER BY task_id, version DESC;

-- The newest version's name, so that the search reads one narrow row for each workflow and no version. No index: 20,000 rows at most are looked at for a page.
ALTER TABLE workflow ADD COLUMN name text;
UPDATE workflow AS w SET name = v.name FROM workflow_version AS v WHERE v.workflow_id = w.id AND v.version = w.version;
ALTER TABLE workflow ALTER COLUMN name SET NOT NULL;

-- Finished runs are found by key in run_key_history, five partitions and not a hundred. A keyed run's end costs 75 bytes and its key less.
DROP INDEX run_history_key;

--changeset bide:0003-dead splitStatements:false
--comment One narrow row for each timer that is dead, beside its row in timer_history, by month: problems, dead timers of a destination or task, and redrives read some five partitions here and not a hundred days of all that was delivered. Written in the transaction that settles, after the timer's own rows; deleted by a redrive, by a dismissal and with its day. A death costs some 0.9 kB of WAL more; what is delivered costs nothing.
CREATE TABLE timer_dead (
    id          uuid        NOT NULL,
    finished_at timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    -- First 64 bits of a digest of what the problem is: the same for all that died alike.
    problem     bigint      NOT NULL,
    lane        integer     NOT NULL,
    -- With the port.
    host        text        NOT NULL,
    outcome     text        NOT NULL CHECK (outcome IN ('failed', 'refused')),
    http_status smallint,
    -- Without ids, numbers and addresses.
    text        text        NOT NULL,
    run_id      uuid,
    workflow_id uuid,
    task_id     uuid
) PARTITION BY RANGE (finished_at);
-- No unique index: it would have to hold finished_at, and nobody who settles waits for another here. That there is one row for each is up to the engine.
-- All of them, newest or oldest death first: lists, groups of problems, redrives.
CREATE INDEX timer_dead_finished ON timer_dead (finished_at, id);
-- The same of one problem, one destination, one workflow, one task.
CREATE INDEX timer_dead_problem ON timer_dead (problem, finished_at, id);
CREATE INDEX timer_dead_lane ON timer_dead (lane, finished_at, id);
CREATE INDEX timer_dead_workflow ON timer_dead (workflow_id, finished_at, id) WHERE workflow_id IS NOT NULL;
CREATE INDEX timer_dead_task ON timer_dead (task_id, finished_at, id) WHERE task_id IS NOT NULL;
CREATE TABLE timer_dead_other PARTITION OF timer_dead DEFAULT;

-- As it was, but that timer_dead is by month too.
CREATE OR REPLACE FUNCTION bide_make_partition(history text, day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    monthly boolean := history IN ('run_key_history', 'timer_key_history', 'timer_dead');
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

-- The partitions, but those for the rest: from day on, up to but not including beyond. One by month goes no sooner than the days of the history
-- that it belongs to.
CREATE OR REPLACE VIEW bide_partition AS
SELECT history, first AS day, CASE WHEN belongs_to IS NULL THEN first + 1 ELSE (first + interval '1 month')::date END AS beyond, partition, belongs_to
FROM (
    SELECT parent.relname::text AS history, child.relname::text AS partition, known.belongs_to,
           to_date(substring(child.relname FROM '[0-9]+$') || CASE WHEN known.belongs_to IS NULL THEN '' ELSE '01' END, 'YYYYMMDD') AS first
    FROM (VALUES ('run_history'::regclass, NULL::text), ('timer_history'::regclass, NULL),
                 ('run_key_history'::regclass, 'run_history'), ('timer_key_history'::regclass, 'timer_history'),
                 ('timer_dead'::regclass, 'timer_history')) AS known (history, belongs_to)
    JOIN pg_inherits ON inhparent = known.history
    JOIN pg_class AS parent ON parent.oid = inhparent
    JOIN pg_class AS child ON child.oid = inhrelid
    WHERE child.relname ~ '_[0-9]+$') AS partitions;

-- The months of the days that are there, up to a month from now.
SELECT bide_make_partition('timer_dead', day)
FROM (SELECT DISTINCT date_trunc('month', day)::date AS day FROM bide_partition WHERE history = 'timer_history'
      UNION SELECT date_trunc('month', (now() AT TIME ZONE 'UTC')::date + ahead)::date FROM generate_series(-1, 31) AS ahead) AS months;

--changeset bide:0003-operations
--comment Operations say why, since when, and what failed; those that walk the dead go by when these died, and by id among those of one moment.
ALTER TABLE operation
    ADD COLUMN reason text,
    ADD COLUMN started_at timestamptz,
    -- With position: when the last one that was dealt with had died, or the day of a failed run. Null where items are taken in order of id alone.
    ADD COLUMN position_at timestamptz,
    -- The first 20 of those that failed, with why.
    ADD COLUMN failures json,
    DROP CONSTRAINT operation_kind_check,
    ADD CONSTRAINT operation_kind_check CHECK (kind IN (
        'cancel', 'reschedule', 'redrive', 'pause', 'resume', 'fire', 'dismiss', 'apply-version', 'cancel-runs', 'pause-runs', 'resume-runs', 'redrive-runs'));
-- Of dead timers and failed runs, when they were finished: only there they are looked for.
ALTER TABLE operation_rest ADD COLUMN finished_at timestamptz;

--changeset bide:0003-figures
--comment What each node does and is, written by itself every 10 s in one transaction: some 0.3 kB of WAL, and 0.2 kB for each of at most 500 destinations. Kept 7 days. Reading adds up. All times are the database's.
CREATE TABLE node (
    node_id          text        PRIMARY KEY,
    roles            text        NOT NULL,
    version          text        NOT NULL,
    started_at       timestamptz NOT NULL,
    seen_at          timestamptz NOT NULL,
    clock_offset_ms  bigint      NOT NULL,
    in_flight        integer     NOT NULL,
    connections_used integer     NOT NULL,
    connections_max  integer     NOT NULL,
    heap_used        bigint      NOT NULL,
    heap_max         bigint      NOT NULL,
    -- After the last collection: what is really in use.
    heap_live        bigint      NOT NULL
);

-- Sums of 10 s, and how many first attempts began how late, by bucket. By time first: all read the last minutes of all nodes.
CREATE TABLE node_figures (
    at         timestamptz NOT NULL,
    node_id    text        NOT NULL,
    accepted   integer     NOT NULL,
    delivered  integer     NOT NULL,
    retried    integer     NOT NULL,
    dead       integer     NOT NULL,
    firsts     integer     NOT NULL,
    on_time    integer     NOT NULL,
    repaired   integer     NOT NULL,
    unreadable integer     NOT NULL,
    poisoned   integer     NOT NULL,
    lateness   integer[]   NOT NULL,
    PRIMARY KEY (at, node_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- What waits, counted once for all every 10 s by the control plane, as far as it counts. Whoever asks reads the newest row.
CREATE TABLE cluster_figures (
    at         timestamptz PRIMARY KEY,
    counts     json        NOT NULL,
    due        integer     NOT NULL,
    oldest_due timestamptz
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The nodes' figures, a minute in each row: a series of 7 days reads 10,080 rows, however many nodes there are.
CREATE TABLE cluster_minute (
    at        timestamptz PRIMARY KEY,
    accepted  bigint      NOT NULL,
    delivered bigint      NOT NULL,
    retried   bigint      NOT NULL,
    dead      bigint      NOT NULL,
    firsts    bigint      NOT NULL,
    on_time   bigint      NOT NULL,
    -- The most of that minute; null where nobody counted.
    due       integer,
    lateness  bigint[]    NOT NULL
);

-- What somebody should look at now, a few rows. Those that hold no more are deleted by the control plane.
CREATE TABLE warning (
    code    text        NOT NULL,
    subject text        NOT NULL,
    detail  text        NOT NULL,
    since   timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (code, subject)
);

--changeset bide:0003-destinations
--comment What was set for destinations: a row only where there is something. Every node reads all of it (10,000 at most) every 2 s, not what changed since: commits come out of order.
CREATE TABLE destination (
    host                 text        NOT NULL,
    port                 integer     NOT NULL CHECK (port BETWEEN 1 AND 65535),
    lane                 integer     NOT NULL,
    max_concurrent_calls integer     CHECK (max_concurrent_calls > 0),
    calls_per_second     integer     CHECK (calls_per_second > 0),
    paused_at            timestamptz,
    reason               text,
    changed_at           timestamptz NOT NULL,
    PRIMARY KEY (host, port)
);

-- The last minute of each node's calls, overwritten every 10 s: no index but the key, and half of each page free, so that an update stays on its page.
CREATE TABLE destination_figures (
    node_id   text        NOT NULL,
    host      text        NOT NULL,
    port      integer     NOT NULL,
    at        timestamptz NOT NULL,
    seconds   real        NOT NULL,
    delivered integer     NOT NULL,
    failed    integer     NOT NULL,
    refused   integer     NOT NULL,
    deferred  json        NOT NULL,
    in_flight integer     NOT NULL,
    breaker   text        NOT NULL CHECK (breaker IN ('closed', 'open', 'half-open')),
    held      boolean     NOT NULL,
    latency   integer[]   NOT NULL,
    PRIMARY KEY (node_id, host, port)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- No statistics of what nobody filters by, or of rows that change every 10 s.
SELECT bide_keep_no_json_statistics(which)
FROM unnest(ARRAY['operation', 'cluster_figures', 'destination_figures']::regclass[]) AS which;

--changeset bide:0003-statistics
--comment What is due far ahead is estimated by the planner's histogram of due_at: 500 steps, and as many common values, for many are due at one moment ("Monday 09:00"). It makes analysing dearer (150,000 rows of a sample, not 30,000), so that comes at a fifth of new rows, not at a twentieth, and leaves out the columns by which nobody chooses.
ALTER TABLE timer
    ALTER COLUMN due_at SET STATISTICS 500,
    ALTER COLUMN next_attempt_at SET STATISTICS 0,
    ALTER COLUMN created_at SET STATISTICS 0,
    ALTER COLUMN timezone SET STATISTICS 0,
    ALTER COLUMN attempts_spent SET STATISTICS 0,
    ALTER COLUMN lateness_ms SET STATISTICS 0,
    ALTER COLUMN workflow_version SET STATISTICS 0,
    ALTER COLUMN finished_at SET STATISTICS 0,
    ALTER COLUMN paused_alone SET STATISTICS 0,
    SET (autovacuum_analyze_threshold = 20000, autovacuum_analyze_scale_factor = 0.2);
