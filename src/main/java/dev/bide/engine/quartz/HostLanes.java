package dev.bide.engine.quartz;

import dev.bide.delivery.destination.HeldLanes;
import dev.bide.json.InvalidException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lanes of a host as somebody writes it, by the parser that makes the calls. Thread-safe. */
public final class HostLanes {
    private static final Pattern WRITTEN =
            Pattern.compile("(\\[[^\\s/?#@\\\\\\[\\]]+]|[^\\s/?#@\\\\:\\[\\]]+)(:[0-9]{1,5})?");

    private final ToIntFunction<String> lane;

    /** @param lane of a url */
    public HostLanes(ToIntFunction<String> lane) {
        this.lane = lane;
    }

    /** @param host {@code host:port}, or a host for its ports 443 and 80; an IPv6 address in brackets */
    public Set<Integer> of(String host) {
        Matcher written = WRITTEN.matcher(host);
        Set<Integer> found = new HashSet<>();
        if (written.matches()) {
            List<String> schemes = written.group(2) == null ? List.of("https", "http") : List.of("https");
            schemes.forEach(scheme -> found.add(lane.applyAsInt(scheme + "://" + host + "/")));
        }
        found.remove(HeldLanes.NONE);
        if (found.isEmpty()) {
            throw new InvalidException("host", "must be a host, or host:port");
        }
        return found;
    }
}
