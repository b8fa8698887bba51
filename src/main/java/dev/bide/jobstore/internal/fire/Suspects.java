package dev.bide.jobstore.internal.fire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.quartz.TriggerKey;

/**
 * Triggers for which the listener failed though it was given that one alone. Once may be a coincidence; several times it is the trigger, which is set aside then, for
 * it would fail for ever. Used by the scheduler thread alone.
 */
final class Suspects {
    private static final int ENOUGH = 3;
    private static final int CAPACITY = 1_000;

    private final Map<TriggerKey, Integer> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TriggerKey, Integer> eldest) {
            return size() > CAPACITY;
        }
    };

    void failedAlone(TriggerKey key) {
        failures.merge(key, 1, Integer::sum);
    }

    boolean isGuilty(TriggerKey key) {
        return !failures.isEmpty() && failures.getOrDefault(key, 0) >= ENOUGH;
    }

    void forget(TriggerKey key) {
        failures.remove(key);
    }
}
