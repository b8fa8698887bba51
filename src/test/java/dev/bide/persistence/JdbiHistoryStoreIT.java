package dev.bide.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.HistoryStore;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbiHistoryStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final JdbiDatabase database = new JdbiDatabase(Jdbi.create(POSTGRES.dataSource()));
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @Test
    void makes_partitions_ahead_once_and_drops_the_old_with_what_is_in_them() {
        assertThat(this.<Integer>in(history -> history.makePartitions(today, 7)))
                .as("the migration made them")
                .isZero();
        assertThat(this.<Integer>in(history -> history.makePartitions(today, 9)))
                .isEqualTo(4);
        Timer timer = Samples.timer(null, Samples.NOW);
        database.inTransaction(session -> {
            session.timers().insert(List.of(timer));
            session.timers().settle(List.of(Samples.settlement(timer, TimerStatus.DELIVERED)));
            return true;
        });
        assertThat(this.<Integer>in(history -> history.dropPartitions(today)))
                .as("yesterday's")
                .isEqualTo(2);
        assertThat(database.<Optional<Timer>>inTransaction(
                        session -> session.timers().find(timer.id())))
                .isPresent();
        assertThat(this.<Integer>in(history -> history.dropPartitions(today.plusDays(1))))
                .isEqualTo(2);
        assertThat(database.<Optional<Timer>>inTransaction(
                        session -> session.timers().find(timer.id())))
                .isEmpty();
    }

    private <T> T in(Function<HistoryStore, T> work) {
        return database.inTransaction(session -> work.apply(session.history()));
    }
}
