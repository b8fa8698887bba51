package dev.bide.delivery.destination;

import dev.bide.delivery.address.DestinationName;
import dev.bide.delivery.lease.ClusterShare;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is set for destinations, all of it, and this node's share of their limits. Never changed: what is set next is another.
 *
 * @param share of what is configured, too
 */
public record Directives(Map<DestinationName, Directive> byName, ClusterShare share) {
    static final Directives NONE = new Directives(Map.of(), ClusterShare.WHOLE);

    public Directives {
        byName = Map.copyOf(byName);
    }

    public static Directives of(Collection<Directive> directives, ClusterShare share) {
        return new Directives(
                directives.stream().collect(Collectors.toMap(Directives::name, Function.identity())), share);
    }

    /** The same for one who has another share. */
    Directives with(ClusterShare other) {
        return new Directives(byName, other);
    }

    private static DestinationName name(Directive directive) {
        return new DestinationName(directive.host(), directive.port());
    }

    /** The destinations that are paused. */
    public Set<DestinationName> paused() {
        return byName.entrySet().stream()
                .filter(entry -> entry.getValue().paused())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Nullable
    Directive of(DestinationName name) {
        return byName.get(name);
    }
}
