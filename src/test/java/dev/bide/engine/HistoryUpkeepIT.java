package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.HistoryStore.Partition;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HistoryUpkeepIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    /** Makes PostgreSQL refuse two tables. */
    private static final String REFUSE = """
            CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity IN ('public.%s', 'public.%s')) THEN
                    RAISE EXCEPTION 'refused';
                END IF;
            END $$;
            CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse();
            """;

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
    private final JdbiDatabase database = new JdbiDatabase(jdbi);
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @Test
    void makes_and_drops_the_others_when_one_partition_can_not_be_made() throws Exception {
        LocalDate later = today.plusDays(40);
        HistoryUpkeep upkeep = new HistoryUpkeep(
                database,
                Period.ofDays(30),
                InstantSource.fixed(
                        later.atStartOfDay(ZoneOffset.UTC).toInstant().plus(1, ChronoUnit.HOURS)));
        jdbi.useHandle(handle -> handle.execute(REFUSE.formatted(name(today), name(later))));
        assertThatThrownBy(upkeep::run).hasMessageContaining("refused");
        assertThat(missing(later)).containsExactly(new Partition("timer_history", later));
        assertThat(before(later.minusDays(30))).isEmpty();
        // A node starts all the same, though today's was dropped and can't be made either.
        EngineNode.api(POSTGRES.dataSource()).close();
        jdbi.useHandle(handle -> handle.execute("DROP EVENT TRIGGER refuse"));
        upkeep.run();
        assertThat(missing(later)).isEmpty();
    }

    private static String name(LocalDate day) {
        return "timer_history_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    private List<Partition> missing(LocalDate day) {
        return database.inTransaction(session -> session.history().missing(day, 7));
    }

    private List<Partition> before(LocalDate day) {
        return database.inTransaction(session -> session.history().before(day));
    }
}
