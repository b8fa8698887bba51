package dev.bide.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.figures.DestinationRow;
import dev.bide.workflow.figures.DestinationStore;
import dev.bide.workflow.figures.DestinationStore.Figures;
import dev.bide.workflow.figures.DestinationStore.Totals;
import dev.bide.workflow.figures.HostPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbiDestinationStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final HostPort NAME = new HostPort("api.example.com", 443);
    private static final HostPort OTHER = new HostPort("api.example.com", 8443);

    private final JdbiDatabase database = new JdbiDatabase(POSTGRES.dataSource());

    @BeforeEach
    void empty() {
        POSTGRES.sql().execute("TRUNCATE destination, destination_figures");
    }

    @Test
    void a_pause_keeps_its_beginning_and_its_limits() {
        in(store -> store.limit(NAME, 7, 3, null));
        DestinationRow paused = in(store -> store.pause(NAME, 7, "contract ended"));
        assertThat(paused.maxConcurrentCalls()).isEqualTo(3);
        assertThat(paused.reason()).isEqualTo("contract ended");
        DestinationRow again = in(store -> store.pause(NAME, 7, null));
        assertThat(again.pausedAt()).isEqualTo(paused.pausedAt()).isNotNull();
        assertThat(again.reason()).isNull();
        assertThat(this.<List<DestinationRow>>in(DestinationStore::all)).containsExactly(again);
        assertThat(this.<Optional<DestinationRow>>in(store -> store.resume(NAME)))
                .contains(new DestinationRow(NAME, 7, 3, null, null, null));
        assertThat(this.<Optional<DestinationRow>>in(store -> store.resume(NAME)))
                .contains(new DestinationRow(NAME, 7, 3, null, null, null));
    }

    @Test
    void a_row_in_which_nothing_is_set_goes() {
        in(store -> store.pause(NAME, 7, null));
        assertThat(this.<Optional<DestinationRow>>in(store -> store.resume(NAME)))
                .isEmpty();
        assertThat(this.<Optional<DestinationRow>>in(store -> store.limit(NAME, 7, null, null)))
                .isEmpty();
        in(store -> store.limit(NAME, 7, null, 100));
        in(store -> store.pause(OTHER, 8, null));
        assertThat(this.<Totals>in(DestinationStore::totals)).isEqualTo(new Totals(1, 2));
        assertThat(this.<Optional<DestinationRow>>in(store -> store.limit(NAME, 7, null, null)))
                .isEmpty();
        assertThat(this.<Optional<DestinationRow>>in(store -> store.find(NAME))).isEmpty();
        assertThat(this.<Optional<DestinationRow>>in(store -> store.find(OTHER)).map(DestinationRow::paused))
                .contains(true);
        assertThat(this.<Optional<DestinationRow>>in(store -> store.resume(NAME)))
                .isEmpty();
    }

    @Test
    void figures_are_each_node_s_newest_in_order_of_name() {
        Figures one = figures("a", OTHER, 5);
        Figures two = figures("a", NAME, 6);
        Figures three = figures("b", NAME, 7);
        write("a", one, two);
        write("b", three);
        assertThat(this.<List<Figures>>in(store -> store.figures(null, 10))).containsExactly(two, three, one);
        assertThat(this.<List<Figures>>in(store -> store.figures(NAME, 10))).containsExactly(one);
        assertThat(this.<List<Figures>>in(store -> store.figures(null, 1))).containsExactly(two);
        Figures newer = figures("a", NAME, 60);
        write("a", newer);
        assertThat(this.<List<Figures>>in(store -> store.figuresOf(NAME))).containsExactly(newer, three);
    }

    @Test
    void figures_that_are_old_are_not_read_and_go_in_the_end() {
        write("a", figures("a", NAME, 1), figures("a", OTHER, 1));
        write("b", figures("b", NAME, 1));
        POSTGRES.sql().execute("UPDATE destination_figures SET at = now() - interval '31 s'");
        assertThat(this.<List<Figures>>in(store -> store.figures(null, 10))).isEmpty();
        assertThat(this.<List<Figures>>in(store -> store.figuresOf(NAME))).isEmpty();
        POSTGRES.sql().execute("UPDATE destination_figures SET at = now() - interval '11 min'");
        write("a", figures("a", NAME, 2));
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM destination_figures WHERE node_id = 'a'"))
                .isOne();
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM destination_figures WHERE node_id = 'b'"))
                .as("another node's")
                .isOne();
    }

    private static Figures figures(String node, HostPort name, int delivered) {
        return new Figures(
                node,
                name,
                Duration.ofSeconds(60),
                delivered,
                2,
                3,
                Map.of("destination-full", 4),
                5,
                "half-open",
                true,
                List.of(1, 0, 2));
    }

    private void write(String node, Figures... figures) {
        in(store -> {
            store.write(node, List.of(figures));
            return Instant.EPOCH;
        });
    }

    private <T> T in(Function<DestinationStore, T> work) {
        return database.inTransaction(session -> work.apply(session.destinations()));
    }
}
