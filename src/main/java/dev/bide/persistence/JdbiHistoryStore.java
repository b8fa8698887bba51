package dev.bide.persistence;

import dev.bide.workflow.HistoryStore;
import java.time.LocalDate;
import org.jdbi.v3.core.Handle;

/** The partitions, by the functions that the migrations bring. */
record JdbiHistoryStore(Handle handle) implements HistoryStore {

    @Override
    public int makePartitions(LocalDate today, int daysAhead) {
        return call("SELECT bide_make_partitions(:day, :ahead)", today, daysAhead);
    }

    @Override
    public int dropPartitions(LocalDate day) {
        return call("SELECT bide_drop_partitions(:day)", day, 0);
    }

    private int call(String text, LocalDate day, int ahead) {
        // Waits for a lock on the whole history no longer than this: everybody else would queue behind us. The next
        // turn tries again.
        handle.execute("SET LOCAL lock_timeout = '2s'");
        return handle.createQuery(text)
                .bind("day", day)
                .bind("ahead", ahead)
                .mapTo(Integer.class)
                .one();
    }
}
