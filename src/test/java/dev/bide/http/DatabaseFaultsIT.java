package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.http.TestServer.Answer;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.TimerJson;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that is there, and can't do what it is asked just now. */
class DatabaseFaultsIT {
    @RegisterExtension
    static final ApiExtension API = ApiExtension.api(DatabaseFaultsIT::source);

    private static final PostgresExtension POSTGRES = API.postgres();
    private static final TestServer SERVER = API.server();

    private static final String RESET =
            "RESET default_transaction_read_only; RESET lock_timeout; RESET statement_timeout; ";

    /** What each session is given, and what becomes of a commit. */
    private static volatile String session = "";

    private static volatile Commit commit = Commit.DONE;

    private enum Commit {
        DONE,
        /** The backend ends before it. */
        KILLED,
        /** It is done, and the answer does not come. */
        UNANSWERED
    }

    @AfterEach
    void heal() throws SQLException {
        session = "";
        commit = Commit.DONE;
        execute("DROP TRIGGER IF EXISTS fault ON timer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"53100", "53200", "58030", "57014", "55P03", "25006", "25P04", "40001", "40P01", "57P01"})
    void what_it_has_no_means_for_is_to_be_sent_again(String state) throws SQLException {
        execute("CREATE OR REPLACE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''injected'' USING ERRCODE = TG_ARGV[0]; END'");
        execute(
                "CREATE TRIGGER fault BEFORE INSERT OR UPDATE OR DELETE ON timer FOR EACH STATEMENT EXECUTE FUNCTION fault('"
                        + state + "')");
        assertAway(SERVER.post("/timers", timer(null)));
        assertAway(SERVER.post("/timers/bulk", "{\"timers\":[" + timer(null) + "]}"));
        execute("DROP TRIGGER fault ON timer");
        SERVER.post("/timers", timer(null)).json(201);
    }

    @Test
    void an_old_primary_that_takes_no_writes_is_away() {
        String id = SERVER.post("/timers", timer(null)).json(201).path("id").textValue();
        session = "SET default_transaction_read_only = on";
        assertAway(SERVER.post("/timers", timer(null)));
        assertAway(SERVER.post("/timers/" + id + "/cancel"));
        assertAway(SERVER.post("/workflows", "{\"name\":\"n\"}"));
        SERVER.get("/timers/" + id).json(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock_timeout", "statement_timeout"})
    void a_change_that_waits_for_a_lock_is_given_up(String limit) throws SQLException {
        String id = SERVER.post("/timers", timer(null)).json(201).path("id").textValue();
        session = "SET " + limit + " = '300ms'";
        try (Connection holder = POSTGRES.dataSource().getConnection()) {
            holder.setAutoCommit(false);
            try (Statement statement = holder.createStatement()) {
                statement.executeUpdate("UPDATE timer SET status = status WHERE id = '" + id + "'");
                assertAway(SERVER.post("/timers/" + id + "/cancel"));
                assertAway(SERVER.post("/timers/" + id + "/pause"));
            }
            holder.rollback();
        }
        SERVER.post("/timers/" + id + "/cancel").json(200);
    }

    @Test
    void a_timer_whose_backend_was_killed_before_the_commit_is_not_answered_as_stored() throws SQLException {
        String key = UUID.randomUUID().toString();
        commit = Commit.KILLED;
        assertAway(SERVER.post("/timers", timer(key)));
        commit = Commit.DONE;
        assertThat(stored(key)).isZero();
        SERVER.post("/timers", timer(key)).json(201);
    }

    @Test
    void a_timer_whose_commit_was_not_answered_is_found_by_whoever_sends_it_again() throws SQLException {
        String key = UUID.randomUUID().toString();
        commit = Commit.UNANSWERED;
        assertAway(SERVER.post("/timers", timer(key)));
        commit = Commit.DONE;
        assertThat(stored(key)).isEqualTo(1);
        SERVER.post("/timers", timer(key)).json(200);
        assertThat(stored(key)).isEqualTo(1);
    }

    @Test
    void a_bulk_call_whose_commit_was_not_answered_is_not_answered_as_stored_either() throws SQLException {
        String key = UUID.randomUUID().toString();
        commit = Commit.UNANSWERED;
        assertAway(SERVER.post("/timers/bulk", "{\"timers\":[" + timer(key) + "]}"));
        commit = Commit.DONE;
        SERVER.post("/timers/bulk", "{\"timers\":[" + timer(key) + "]}").json(200);
        assertThat(stored(key)).isEqualTo(1);
    }

    private static void assertAway(Answer answer) {
        assertThat(answer.problem(503).path("type").textValue()).isEqualTo("urn:bide:problem:unavailable");
        assertThat(answer.header("Retry-After")).isEqualTo("2");
    }

    private static String timer(String key) {
        return TimerJson.with(key == null ? "" : ",\"key\":\"" + key + "\"");
    }

    private static long stored(String key) {
        return POSTGRES.sql().number("SELECT count(*) FROM timer WHERE key = ?", key);
    }

    /** On a connection that no session of the engine's was. */
    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(POSTGRES.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static DataSource source(DataSource real) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = method.invoke(real, arguments);
            if (!(result instanceof Connection connection)) {
                return result;
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute(RESET + session);
            }
            return connection(connection);
        });
    }

    private static Connection connection(Connection real) {
        return proxy(Connection.class, (method, arguments) -> {
            if (method.getName().equals("commit") && commit == Commit.KILLED) {
                kill(real);
            }
            Object result = method.invoke(real, arguments);
            if (method.getName().equals("commit") && commit == Commit.UNANSWERED) {
                throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
            }
            return result;
        });
    }

    private static void kill(Connection victim) throws SQLException {
        int backend;
        try (Statement statement = victim.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            backend = row.getInt(1);
        }
        execute("SELECT pg_terminate_backend(" + backend + ", 5000)");
    }

    private interface Call {
        Object answer(java.lang.reflect.Method method, Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                DatabaseFaultsIT.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return call.answer(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
