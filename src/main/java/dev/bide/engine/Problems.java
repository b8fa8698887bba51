package dev.bide.engine;

import dev.bide.engine.figures.Recent;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.json.InvalidException;
import dev.bide.workflow.figures.DeadStore;
import dev.bide.workflow.figures.DeadStore.DeadFilter;
import dev.bide.workflow.figures.DeadStore.Groups;
import dev.bide.workflow.store.Database;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What timers died of, in groups that died alike. Thread-safe. */
public final class Problems {
    /** Deaths that are looked at: some 20 ms. Those before them are counted by nobody here; a redrive finds them all the same. */
    private static final int NEWEST = 10_000;

    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final int ANSWERS = 200;

    private final Database reads;
    private final TimerTriggers triggers;
    private final Recent<Question, Found> recent = new Recent<>(KEPT, ANSWERS);

    private record Question(@Nullable UUID workflowId, Set<Integer> lanes) {}

    /** @param complete false where there were more deaths than were looked at */
    public record Found(Groups groups, boolean complete) {}

    Problems(Database reads, TimerTriggers triggers) {
        this.reads = reads;
        this.triggers = triggers;
    }

    /**
     * As they were some seconds ago at most. {@link InvalidException} where the host can't be one.
     *
     * @param workflowId null means any
     * @param host {@code host:port}, or a host for its ports 443 and 80; null means any
     */
    public Found find(@Nullable UUID workflowId, @Nullable String host) {
        Set<Integer> lanes = host == null
                ? Set.of()
                : triggers.lanes(host).orElseThrow(() -> new InvalidException("host", TimerTriggers.HOST_RULE));
        return recent.answer(new Question(workflowId, lanes), this::look);
    }

    private Found look(Question question) {
        DeadFilter filter = new DeadFilter(null, question.lanes(), question.workflowId(), null);
        DeadStore.Groups groups = reads.inTransaction(session -> session.dead().groups(filter, NEWEST));
        return new Found(groups, groups.looked() < NEWEST);
    }
}
