--liquibase formatted sql

--changeset bide:0004-partitions splitStatements:false
--comment Partitions are made and dropped one at a time, each in a transaction of its own: one that can't be made stops no other, and no transaction holds locks on both histories. Rows that lie in the partition for the rest move into the new one, which PostgreSQL would otherwise refuse.
DROP FUNCTION bide_make_partitions(date, integer);
DROP FUNCTION bide_drop_partitions(date);

-- Makes the partition of a day (UTC), where there is none. Returns the rows that lay in the partition for the rest; null where it was there.
CREATE FUNCTION bide_make_partition(history text, day date) RETURNS bigint
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
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS)', partition, history);
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

-- The partitions of single days.
CREATE VIEW bide_partition AS
SELECT parent.relname::text AS history, to_date(right(child.relname, 8), 'YYYYMMDD') AS day, child.relname::text AS partition
FROM pg_inherits
JOIN pg_class AS parent ON parent.oid = inhparent
JOIN pg_class AS child ON child.oid = inhrelid
WHERE inhparent IN ('run_history'::regclass, 'timer_history'::regclass)
  AND child.relname ~ '_history_[0-9]{8}$';
