package dev.bide.engine.notices;

import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.store.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The channels of this node's configuration, and those of the database. */
public final class KnownChannels {
    private final Map<String, Channel> configured;

    public KnownChannels(Map<String, Channel> configured) {
        this.configured = configured;
    }

    public boolean isConfigured(String name) {
        return configured.containsKey(name);
    }

    /** By name. */
    public List<Channel> all(Session session) {
        Map<String, Channel> all = new TreeMap<>();
        session.notices().channels().forEach(channel -> all.put(channel.name(), channel));
        all.putAll(configured);
        return List.copyOf(all.values());
    }

    public Optional<Channel> find(Session session, String name) {
        return all(session).stream()
                .filter(channel -> channel.name().equals(name))
                .findFirst();
    }
}
