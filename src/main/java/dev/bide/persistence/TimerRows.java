package dev.bide.persistence;

import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Rows of {@code timer} and {@code timer_history}, which have the same columns in the same order. */
record TimerRows(JsonColumns json) implements RowMapper<Timer> {
    static final String COLUMNS =
            "id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent, attempts, lateness_ms,"
                    + " run_id, workflow_id, workflow_version, task_id, key, finished_at, traceparent";

    @Override
    public Timer map(ResultSet row, StatementContext context) throws SQLException {
        return new Timer(
                Rows.uuid(row, "id"),
                TimerStatus.of(row.getString("status")),
                Rows.instant(row, "due_at"),
                Rows.optionalInstant(row, "next_attempt_at"),
                Rows.instant(row, "created_at"),
                ZoneId.of(row.getString("timezone")),
                json.spec(row.getString("spec")),
                row.getInt("attempts_spent"),
                json.attempts(row.getString("attempts")),
                Rows.optionalLong(row, "lateness_ms"),
                owner(row),
                row.getString("key"),
                Rows.optionalInstant(row, "finished_at"),
                row.getString("traceparent"));
    }

    static @Nullable TimerOwner owner(ResultSet row) throws SQLException {
        UUID runId = Rows.optionalUuid(row, "run_id");
        return runId == null
                ? null
                : new TimerOwner(
                        runId,
                        Rows.uuid(row, "workflow_id"),
                        row.getInt("workflow_version"),
                        Rows.uuid(row, "task_id"));
    }
}
