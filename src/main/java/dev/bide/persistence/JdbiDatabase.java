package dev.bide.persistence;

import dev.bide.workflow.Json;
import dev.bide.workflow.figures.DeadStore;
import dev.bide.workflow.figures.DestinationStore;
import dev.bide.workflow.figures.DueStore;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.WaiterStore;
import dev.bide.workflow.notice.NoticeStore;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.HistoryStore;
import dev.bide.workflow.store.ListStore;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.RepairStore;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerStore;
import dev.bide.workflow.store.WorkflowStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/** The stores on PostgreSQL. Thread-safe; each transaction takes one connection of the pool. */
public final class JdbiDatabase implements Database {
    /** One for all: it remembers the statements it has parsed, and a handle on somebody's connection begins with nothing else. */
    private static final SqlParser PARSER = new ColonPrefixSqlParser();

    private static final Duration LONGEST_FREEZE = Duration.ofHours(6);

    /** What Quartz gives to triggers of which nothing is said, and the schema to timers. */
    static final int NO_LANE = 5;

    private final Jdbi jdbi;
    private final JsonColumns json;
    private final ToIntFunction<String> lanes;

    /** For who stores no timers: they would have no lane. */
    public JdbiDatabase(DataSource source) {
        this(Jdbi.create(source));
    }

    public JdbiDatabase(Jdbi jdbi) {
        this(jdbi, url -> NO_LANE);
    }

    /**
     * @param lanes the lane of a url's destination, the same that the timer's trigger is given. Asked where a timer is stored, so not before the lanes have the cluster's
     *     secret
     */
    public JdbiDatabase(DataSource source, ToIntFunction<String> lanes) {
        this(Jdbi.create(source), lanes);
    }

    private JdbiDatabase(Jdbi jdbi, ToIntFunction<String> lanes) {
        this.jdbi = configure(jdbi);
        this.json = new JsonColumns(Json.mapper());
        this.lanes = lanes;
    }

    private static Jdbi configure(Jdbi jdbi) {
        jdbi.registerArrayType(UUID.class, "uuid");
        jdbi.registerArrayType(Short.class, "int2");
        jdbi.registerArrayType(Long.class, "int8");
        jdbi.registerArrayType(Instant.class, "timestamptz", JdbiDatabase::text);
        jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(true).setSqlParser(PARSER);
        return jdbi;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    @Override
    public <T> T inTransaction(Function<Session, T> work) {
        HandleCallback<T, RuntimeException> callback = handle -> work.apply(new JdbiSession(handle, json, lanes));
        return jdbi.inTransaction(callback);
    }

    @Override
    public void freeze(HistoryStore.Partition partition) {
        jdbi.useHandle(handle -> JdbiHistoryStore.table(handle, partition).ifPresent(table -> freeze(handle, table)));
    }

    /**
     * At the pace of autovacuum, some 40 MB a second; the session's limits are for statements that somebody waits for. They are the connection's own,
     * not the server's, so they are set again, not reset.
     */
    private static void freeze(Handle handle, String table) {
        Connection connection = handle.getConnection();
        try {
            int before = connection.getNetworkTimeout();
            Map<String, String> limits = handle.createQuery(
                            "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout')")
                    .map((row, context) -> Map.entry(row.getString("name"), row.getString("setting")))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            connection.setNetworkTimeout(Runnable::run, (int) LONGEST_FREEZE.toMillis());
            try {
                limits.keySet().forEach(name -> handle.execute("SET " + name + " = 0"));
                handle.execute("SET vacuum_cost_delay = '2ms'");
                handle.execute("VACUUM (FREEZE, ANALYZE) " + table);
            } finally {
                handle.execute("RESET vacuum_cost_delay");
                limits.forEach((name, value) -> handle.execute("SET " + name + " = " + value));
                connection.setNetworkTimeout(Runnable::run, before);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("could not freeze " + table, e);
        }
    }

    @Override
    public Session on(Connection connection) {
        // Not closed: the connection and its transaction are the caller's, and a handle holds nothing else.
        return new JdbiSession(configure(Jdbi.create(connection)).open(), json, lanes);
    }

    private record JdbiSession(Handle handle, JsonColumns json, ToIntFunction<String> lanes) implements Session {
        @Override
        public Connection connection() {
            return handle.getConnection();
        }

        @Override
        public void hardlyWait() {
            handle.execute("SET LOCAL lock_timeout = '200ms'");
        }

        @Override
        public void giveUpAfter(Duration patience) {
            handle.execute("SET LOCAL statement_timeout = " + patience.toMillis());
        }

        @Override
        public WorkflowStore workflows() {
            return new JdbiWorkflowStore(handle, json);
        }

        @Override
        public RunStore runs() {
            return new JdbiRunStore(handle);
        }

        @Override
        public TimerStore timers() {
            return new JdbiTimerStore(handle, json, lanes);
        }

        /**
         * To the end of the transaction. A plan for any values takes half a hundredth of all for a range of times, and so would rather sort all of it than go along the index.
         */
        private void planForValues() {
            handle.execute("SET LOCAL plan_cache_mode = force_custom_plan");
        }

        @Override
        public ListStore lists() {
            planForValues();
            return new JdbiListStore(handle);
        }

        @Override
        public WaiterStore waiters() {
            return new JdbiWaiterStore(handle);
        }

        @Override
        public HistoryStore history() {
            return new JdbiHistoryStore(handle);
        }

        @Override
        public OperationStore operations() {
            return new JdbiOperationStore(handle, json);
        }

        @Override
        public RepairStore repairs() {
            return new JdbiRepairStore(handle);
        }

        @Override
        public DeadStore dead() {
            return new JdbiDeadStore(handle);
        }

        @Override
        public DestinationStore destinations() {
            return new JdbiDestinationStore(handle, json);
        }

        @Override
        public DueStore due() {
            planForValues();
            return new JdbiDueStore(handle);
        }

        @Override
        public FigureStore figures() {
            return new JdbiFigureStore(handle, json);
        }

        @Override
        public NoticeStore notices() {
            return new JdbiNoticeStore(handle, json);
        }

        /** The table's one row. */
        @Override
        public byte[] laneSecret() {
            return handle.createQuery("SELECT secret FROM lane_secret")
                    .mapTo(byte[].class)
                    .one();
        }
    }
}
