package dev.bide.thirdparty;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest calls. Thread-safe. */
final class RecentCalls {
    private final int capacity;
    private final Deque<ReceivedCall> calls = new ArrayDeque<>();

    /** @param capacity how many are remembered; 0 for none */
    RecentCalls(int capacity) {
        this.capacity = capacity;
    }

    boolean remembers() {
        return capacity > 0;
    }

    synchronized void add(ReceivedCall call) {
        calls.addFirst(call);
        if (calls.size() > capacity) {
            calls.removeLast();
        }
    }

    /** Newest first. */
    synchronized List<ReceivedCall> find(@Nullable String key, int limit) {
        List<ReceivedCall> found = new ArrayList<>();
        for (Iterator<ReceivedCall> all = calls.iterator(); all.hasNext() && found.size() < limit; ) {
            ReceivedCall call = all.next();
            if (key == null || key.equals(call.key())) {
                found.add(call);
            }
        }
        return found;
    }

    synchronized void clear() {
        calls.clear();
    }
}
