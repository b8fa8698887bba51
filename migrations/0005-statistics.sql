--liquibase formatted sql

--changeset bide:0005-statistics splitStatements:false
--comment No statistics of JSON, which no query filters by: comparing samples of it was most of what analysing the growing history cost, some 8 % of a core at 4,500 timers a second. And the history is analysed when a fifth of it is new, not a twentieth: it only grows.
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

-- As in 0004, and with these settings, which neither LIKE nor attaching brings along.
CREATE OR REPLACE FUNCTION bide_make_partition(history text, day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    partition text := history || '_' || to_char(day, 'YYYYMMDD');
    other text := history || '_other';
    first text := to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00';
    beyond text := to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00';
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

DO $$
DECLARE
    partition text;
BEGIN
    PERFORM bide_keep_no_json_statistics(which)
    FROM unnest(ARRAY['run', 'run_history', 'run_history_other', 'timer', 'timer_history', 'timer_history_other']::regclass[]) AS which;
    FOR partition IN SELECT bide_partition.partition FROM bide_partition ORDER BY 1 LOOP
        PERFORM bide_keep_no_json_statistics(partition::regclass);
        EXECUTE format('ALTER TABLE %I SET (autovacuum_analyze_scale_factor = 0.2, autovacuum_analyze_threshold = 10000)', partition);
    END LOOP;
END
$$;
