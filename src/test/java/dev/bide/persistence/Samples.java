package dev.bide.persistence;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import dev.bide.testing.Delays;
import dev.bide.workflow.Action;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.Death;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Values to store. */
final class Samples {
    static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    static final ZoneId ZONE = ZoneId.of("Europe/Istanbul");

    /** One for all, in whose order ids of one millisecond are. */
    private static final TimeBasedEpochGenerator IDS = Generators.timeBasedEpochGenerator();

    private Samples() {}

    static UUID id() {
        return IDS.generate();
    }

    static TimerSpec spec() {
        return new TimerSpec(
                Delays.of(Map.of("type", "period", "amount", 90, "unit", "minutes")),
                new Action(
                        "POST",
                        "http://third.party/ğ",
                        Map.of("X-One", "1"),
                        JsonText.parse(
                                "{\"zero\":\"\\u0000\",\"many\":[1e3,1.0,-0,1234567890123456789012345678901234567890.50]}")),
                RetryPolicy.DEFAULT,
                TimerSpec.DEFAULT_TIMEOUT,
                null);
    }

    static Timer timer(String key, Instant dueAt) {
        return Timer.waiting(id(), dueAt, NOW, ZONE, spec(), null, key);
    }

    static Timer timerOf(Run run, UUID taskId) {
        TimerOwner owner = new TimerOwner(run.id(), run.workflowId(), run.workflowVersion(), taskId);
        return Timer.waiting(id(), NOW.plusSeconds(60), NOW, ZONE, spec(), owner, null);
    }

    static Run run(UUID workflowId, String key) {
        return new Run(id(), workflowId, 1, key, null, RunStatus.ACTIVE, id(), id(), List.of(), null, NOW, NOW, null);
    }

    static RunWithInput withInput(Run run) {
        return new RunWithInput(run, JsonText.parse("{\"email\": \"a@b.example\", \"n\": [1e3, 1.0]}"));
    }

    static Settlement settlement(Timer timer, TimerStatus status) {
        Attempt attempt = new Attempt(
                timer.attempts().size() + 1,
                NOW,
                12,
                status == TimerStatus.DELIVERED ? "delivered" : "failed",
                200,
                null);
        Instant next = status.waiting() ? NOW.plus(Duration.ofSeconds(3)) : null;
        Death death = status == TimerStatus.DEAD ? Death.of("third.party:80", 7, "failed", 200, "no") : null;
        return new Settlement(timer.id(), status, attempt, 7L, next, NOW, death);
    }
}
