package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.engine.EngineFigures;
import dev.bide.jobstore.Statistics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EngineHealthTest {
    private static final int THREADS = 512;

    private final AtomicReference<EngineFigures> figures = new AtomicReference<>(figures(0, 0, 0, 0, true));
    private final EngineHealth health = new EngineHealth(figures::get);

    @Test
    void is_healthy_while_all_moves() {
        figures.set(figures(3, 1_100, 900, 4_000, true));
        assertThat(health.check().isHealthy()).isTrue();
        assertThat(health.moves()).isTrue();
    }

    @Test
    void says_what_stands_still() {
        figures.set(figures(3, 15_000, 0, 0, true));
        assertThat(health.check().getMessage()).contains("has not checked in for 15 s");
        assertThat(health.moves()).isFalse();
        figures.set(figures(3, 0, 15_000, 0, true));
        assertThat(health.check().getMessage()).contains("no due timers were looked for");
        figures.set(figures(3, 0, 0, 15_000, true));
        assertThat(health.check().getMessage()).contains("waited to be settled for 15 s");
        figures.set(figures(3, 0, 0, 0, false));
        assertThat(health.check().getMessage()).contains("has ended");
    }

    @Test
    void a_node_that_has_all_its_calls_under_way_need_not_look_for_more() {
        figures.set(figures(THREADS, 0, 60_000, 0, true));
        assertThat(health.moves()).isTrue();
    }

    @Test
    void a_worker_whose_first_check_in_never_comes_is_not_ready() {
        AtomicLong time = new AtomicLong();
        EngineHealth worker = new EngineHealth(() -> figures(true, false, 0, 0, 0, 0, true), time::get);
        assertThat(worker.moves()).as("it has just begun").isTrue();
        time.set(Duration.ofSeconds(13).toNanos());
        assertThat(worker.check().getMessage()).contains("no lease for 13 s");
        EngineHealth other = new EngineHealth(() -> figures(false, false, 0, 0, 0, 0, true), time::get);
        other.moves();
        time.set(Duration.ofSeconds(60).toNanos());
        assertThat(other.moves()).as("one that fires no timers needs none").isTrue();
    }

    @Test
    void says_that_the_upkeep_stands_still() {
        EngineFigures now = figures(0, 0, 0, 0, true);
        EngineFigures silent = new EngineFigures(
                0,
                0,
                0,
                true,
                THREADS,
                true,
                now.jobStore(),
                figures(0, 13_000, 0, 0, true).jobStore());
        assertThat(EngineHealth.faults(silent, Duration.ofSeconds(12)))
                .containsExactly("the upkeep of this node has not checked in for 13 s");
    }

    private static EngineFigures figures(int inFlight, long checkIn, long take, long completion, boolean alive) {
        return figures(true, true, inFlight, checkIn, take, completion, alive);
    }

    private static EngineFigures figures(
            boolean worker, boolean lease, int inFlight, long checkIn, long take, long completion, boolean alive) {
        return new EngineFigures(
                inFlight,
                0,
                0,
                worker,
                THREADS,
                alive,
                new Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, lease, checkIn, take, completion),
                null);
    }
}
