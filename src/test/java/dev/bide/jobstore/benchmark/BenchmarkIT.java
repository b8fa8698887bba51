package dev.bide.jobstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkIT {

    /** It fails by itself where a firing is missing, doubled or early. */
    @Test
    void a_small_run_counts_every_firing_with_fsync_on() throws Exception {
        String result =
                Benchmark.run(2_000, 300, 500, 1, List.of("quartz", "dbScheduler", "bide", "bideTwoNodes", "floor"));
        assertThat(result)
                .startsWith("RESULT {\"fsync\":\"on\",\"quartz\":{\"timers\":300,")
                .contains("\"bideTwoNodes\":");
    }
}
