package dev.bide.engine.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.Execution;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private static final String URL = "https://api.example.com/";

    private final HeldLanes lanes =
            new DeliveryConfiguration().build(InstantSource.system()).lanes();
    private final InFlight inFlight = new InFlight(lanes);
    private final UUID timer = UUID.randomUUID();
    private final DueTimer due = new DueTimer(
            new FiredTimer(timer, TimerStatus.SCHEDULED, Instant.EPOCH, Instant.EPOCH, 0, 0, null),
            false,
            null,
            0,
            null,
            URL);

    private Execution execution() {
        return new Execution(
                UUID.randomUUID().toString(), TimerTriggers.key(timer), TimerTriggers.JOB, Instant.EPOCH, false);
    }

    @Test
    void what_fires_again_before_its_commit_is_one() {
        Execution execution = execution();
        inFlight.fired(execution, due, 1);
        inFlight.fired(execution, due, 2);
        inFlight.fired(execution(), due, 3);
        assertThat(inFlight.size()).isEqualTo(2);
        assertThat(inFlight.get(execution)).isEqualTo(new InFlight.Fired(due, 2, HeldLanes.NONE));
    }

    @Test
    void what_is_forgotten_twice_is_gone_once_and_nothing_is_kept_of_it() {
        Execution execution = execution();
        inFlight.fired(execution, due, 0);
        inFlight.fired(execution(), due, 0);
        inFlight.stored(execution, Instant.EPOCH);
        inFlight.forget(execution);
        inFlight.forget(execution);
        inFlight.forget(execution());
        assertThat(inFlight.size()).isEqualTo(1);
        assertThat(inFlight.get(execution)).isNull();
        assertThat(inFlight.stored(execution)).isNull();
        assertThat(inFlight.begun(execution, 7)).isNull();
    }

    @Test
    void what_was_not_read_goes_back_to_the_lane_of_its_url() {
        Execution execution = execution();
        inFlight.fired(execution, due, 0);
        assertThat(inFlight.begun(execution, 7)).isEqualTo(new InFlight.Fired(due, 0, 7));
        inFlight.putOff(
                execution,
                new InFlight.Fired(due, 0, 7),
                new DeliveryOutcome.Deferred(Duration.ofSeconds(1), DeliveryOutcome.Reason.NO_MEMORY));
        assertThat(inFlight.get(execution))
                .isEqualTo(new InFlight.PutOff(due.timer(), Duration.ofSeconds(1), false, 0, lanes.lane(URL)));
    }
}
