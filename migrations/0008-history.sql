--liquibase formatted sql

--changeset bide:0008-retention
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

--changeset bide:0008-keys
--comment The keys of what is finished, by month: a key says nothing of the day, and a look for it in a year of daily partitions would lock three thousand tables and indexes. What the index on the keys of timer_history did is done here.
CREATE TABLE timer_key_history (
    key         text        NOT NULL,
    id          uuid        NOT NULL,
    finished_at timestamptz NOT NULL
) PARTITION BY RANGE (finished_at);
CREATE INDEX timer_key_history_key ON timer_key_history (key);
CREATE TABLE timer_key_history_other PARTITION OF timer_key_history DEFAULT;

CREATE TABLE run_key_history (
    key         text        NOT NULL,
    workflow_id uuid        NOT NULL,
    id          uuid        NOT NULL,
    finished_at timestamptz NOT NULL
) PARTITION BY RANGE (finished_at);
CREATE INDEX run_key_history_key ON run_key_history (key, workflow_id);
CREATE TABLE run_key_history_other PARTITION OF run_key_history DEFAULT;

--changeset bide:0008-partitions splitStatements:false
--comment Partitions of the keys too, a month each.
-- Makes the partition that a day (UTC) belongs to, where there is none. Returns the rows that lay in the partition for the rest; null where it was there.
CREATE OR REPLACE FUNCTION bide_make_partition(history text, day date) RETURNS bigint
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
DROP VIEW bide_partition;
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

--changeset bide:0008-keys-of-before splitStatements:false
--comment The keys of what was finished before this version, and this month's and the next month's partitions. Reads the history once.
DO $$
DECLARE
    month date;
BEGIN
    FOR month IN
        SELECT DISTINCT date_trunc('month', day)::date FROM bide_partition
        UNION SELECT date_trunc('month', (now() AT TIME ZONE 'UTC')::date + ahead)::date FROM unnest(ARRAY[-1, 0, 31]) AS ahead
        ORDER BY 1
    LOOP
        PERFORM bide_make_partition('run_key_history', month), bide_make_partition('timer_key_history', month);
    END LOOP;
END
$$;
INSERT INTO timer_key_history SELECT key, id, finished_at FROM timer_history WHERE key IS NOT NULL;
INSERT INTO run_key_history SELECT key, workflow_id, id, finished_at FROM run_history WHERE key IS NOT NULL;
DROP INDEX timer_history_key;

--changeset bide:0008-operation-rest
--comment What an operation came upon while a node had it in hand, to be tried again until it is free or gone.
CREATE TABLE operation_rest (
    operation_id uuid NOT NULL,
    timer_id     uuid NOT NULL,
    PRIMARY KEY (operation_id, timer_id)
);

--changeset bide:0008-paused-alone
--comment Timers that were paused by themselves: when their run is resumed, they stay so.
ALTER TABLE timer ADD COLUMN paused_alone boolean NOT NULL DEFAULT false;
