package dev.bide.engine.list;

import dev.bide.workflow.Ids;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.ListStore.Place;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter.Order;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lists of runs, newest first. Thread-safe. */
public final class RunLists {
    private final Database database;
    private final HistoryWalk walk;
    private final PageItems<RunWithInput> items;

    public RunLists(Database database, InstantSource clock) {
        this.database = database;
        this.walk = new HistoryWalk(database, clock);
        this.items = new PageItems<>(database, clock, new Runs());
    }

    /** A page may be short, even empty, and not the last. */
    public Page<RunWithInput> list(RunFilter filter, PageRequest page) {
        Order.NEWEST.check(page);
        Merged merged = new Merged(Order.NEWEST, page);
        if (filter.key() != null) {
            database.inTransaction(session -> session.lists().runsOfKey(filter, page))
                    .forEach(merged::add);
        } else {
            database.inTransaction(session -> session.lists().activeRuns(filter, page))
                    .forEach(merged::add);
            if (Arrays.stream(RunStatus.values()).anyMatch(state -> state.finished() && filter.admits(state))) {
                walk.walk(
                        History.RUN,
                        Order.NEWEST,
                        page,
                        from(filter.workflowId()),
                        (session, days, most) -> session.lists().finishedRuns(filter, page, days, most),
                        merged);
            }
        }
        return items.read(
                merged.places(),
                Place::cursor,
                merged.next(),
                one -> filter.admits(one.run().status()));
    }

    /** None of its runs is older than the workflow. */
    private static @Nullable LocalDate from(@Nullable UUID workflow) {
        return workflow == null || !Ids.isOurs(workflow)
                ? null
                : Days.day(Ids.madeAt(workflow).minus(HistoryWalk.SKEW));
    }

    private static final class Runs implements PageItems.Source<RunWithInput> {
        @Override
        public List<RunWithInput> waiting(Session session, Collection<UUID> ids) {
            return session.runs().read(ids);
        }

        @Override
        public List<RunWithInput> finished(Session session, Map<UUID, Instant> finished) {
            return session.runs().readFinished(finished);
        }

        @Override
        public UUID id(RunWithInput one) {
            return one.run().id();
        }

        @Override
        public long size(RunWithInput one) {
            return one.input().length();
        }
    }
}
