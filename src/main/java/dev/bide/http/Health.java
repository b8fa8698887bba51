package dev.bide.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code GET /health} asks. Must answer within seconds, also when the database does not. Called on any number of request threads. */
public interface Health {
    Report report();

    /**
     * @param up false answers 503: the database is away, or this node does not do its work
     * @param details for people, such as the node's id and version; on every caller's screen, so nothing secret
     */
    record Report(boolean up, Map<String, Object> details) {
        public Report {
            // Keeps their order, as people read them.
            details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
        }
    }
}
