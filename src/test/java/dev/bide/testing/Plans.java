package dev.bide.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.postgresql.PGStatement;

/**
 * How PostgreSQL carries out the statements that somebody sends by {@link #jdbi}: planned for their values and,
 * where their sessions leave it to the server, once for all values too, as it does with one that is sent often.
 */
public final class Plans {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final Pattern TYPED = Pattern.compile("(?s)\\('.*'::(.*)\\)");
    private static final Pattern UUIDS = Pattern.compile("\\{\"[0-9a-f]{8}-");

    private final Jdbi jdbi;
    private final Jdbi own;
    private final List<Statement> statements = new ArrayList<>();

    public Plans(DataSource source) {
        own = Jdbi.create(source);
        jdbi = Jdbi.create(source);
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                Statement statement = statement(context);
                if (statement.text.startsWith("SELECT") || statement.text.startsWith("WITH")) {
                    statements.add(statement);
                }
            }
        });
    }

    /** By which they are sent. */
    public Jdbi jdbi() {
        return jdbi;
    }

    /**
     * @param values as they stand in a statement, in order
     * @param modes in which it may be planned, as its session has it
     */
    private record Statement(String text, List<String> values, List<String> modes) {}

    /** @param root of what EXPLAIN ANALYZE says */
    public record Plan(String statement, String mode, JsonNode root) {
        /** Pages of tables and indexes that were read, in memory or not. */
        public long pages() {
            return root.path("Shared Hit Blocks").longValue()
                    + root.path("Shared Read Blocks").longValue();
        }

        public void forEach(Consumer<JsonNode> node) {
            visit(root, node);
        }

        private static void visit(JsonNode here, Consumer<JsonNode> node) {
            node.accept(here);
            here.path("Plans").forEach(below -> visit(below, node));
        }

        @Override
        public String toString() {
            return mode + ": " + statement + "\n" + root.toPrettyString();
        }
    }

    /** Those of all that {@code work} sends. */
    public List<Plan> of(Runnable work) {
        statements.clear();
        work.run();
        List<Statement> sent = List.copyOf(statements);
        return own.withHandle(handle -> {
            List<Plan> plans = new ArrayList<>();
            for (Statement statement : sent) {
                for (String mode : statement.modes) {
                    handle.execute("SET plan_cache_mode = " + mode);
                    plans.add(new Plan(statement.text, mode, explain(handle, statement)));
                }
            }
            handle.execute("RESET plan_cache_mode");
            return plans;
        });
    }

    private static JsonNode explain(Handle handle, Statement statement) {
        try (var plain = handle.getConnection().createStatement()) {
            boolean none = statement.values.isEmpty();
            String types = statement.values.stream().map(Plans::type).collect(Collectors.joining(", ", "(", ")"));
            plain.execute("PREPARE looked_at " + (none ? "" : types) + " AS " + statement.text);
            String values = none ? "" : "(" + String.join(", ", statement.values) + ")";
            try (var row = plain.executeQuery("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE looked_at" + values)) {
                row.next();
                return MAPPER.readTree(row.getString(1)).path(0).path("Plan");
            } finally {
                plain.execute("DEALLOCATE looked_at");
            }
        } catch (SQLException | JsonProcessingException e) {
            throw new IllegalStateException(statement.toString(), e);
        }
    }

    /** A literal: in brackets, with its type, or bare. */
    private static int endOfValue(String bound, int begin) {
        boolean quoted = false;
        int depth = 0;
        for (int i = begin; i < bound.length(); i++) {
            char c = bound.charAt(i);
            quoted ^= c == '\'';
            depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
            if (!quoted && depth == 0 && (c == ')' || c == '\'')) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("no value at " + begin + " of " + bound);
    }

    /** The type that the driver gives to a value; it leaves that of arrays and times to the server, which can't always tell. */
    private static String type(String value) {
        Matcher typed = TYPED.matcher(value);
        if (typed.matches()) {
            return typed.group(1);
        }
        return value.contains("'{") ? (UUIDS.matcher(value).find() ? "uuid[]" : "text[]") : "unknown";
    }

    private static List<String> modes(StatementContext context) {
        try (var statement = context.getConnection().createStatement();
                var row = statement.executeQuery("SHOW plan_cache_mode")) {
            row.next();
            return row.getString(1).equals("auto")
                    ? List.of("force_custom_plan", "force_generic_plan")
                    : List.of(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String bound(StatementContext context) {
        try {
            return context.getStatement().unwrap(PGStatement.class).toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The driver writes a bound statement with its values in place of the marks: what stands between the same words is a value. */
    private static Statement statement(StatementContext context) {
        String[] parts = context.getParsedSql().getSql().split("\\?", -1);
        String bound = bound(context);
        int at = parts[0].length();
        StringBuilder text = new StringBuilder(parts[0]);
        List<String> values = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            int end = endOfValue(bound, at);
            values.add(bound.substring(at, end));
            text.append('$').append(i).append(parts[i]);
            at = end + parts[i].length();
        }
        return new Statement(text.toString(), values, modes(context));
    }
}
