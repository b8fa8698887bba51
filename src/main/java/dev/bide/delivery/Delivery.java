package dev.bide.delivery;

import dev.bide.delivery.address.DestinationName;
import dev.bide.delivery.address.HostResolver;
import dev.bide.delivery.destination.Destination;
import dev.bide.delivery.destination.DestinationFigures;
import dev.bide.delivery.destination.DestinationLimits;
import dev.bide.delivery.destination.Destinations;
import dev.bide.delivery.destination.Directive;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.delivery.destination.Tally;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part that calls third parties, as {@link DeliveryConfiguration} builds it. Opens no connection before a call. */
public final class Delivery implements AutoCloseable {

    private final ActionRules rules;
    private final Deliverer deliverer;
    private final HostResolver resolver;
    private final Destinations destinations;
    private final HeldLanes lanes;
    private final Tally tally;

    Delivery(
            ActionRules rules,
            Deliverer deliverer,
            HostResolver resolver,
            Destinations destinations,
            HeldLanes lanes,
            Tally tally) {
        this.rules = rules;
        this.deliverer = deliverer;
        this.resolver = resolver;
        this.destinations = destinations;
        this.lanes = lanes;
        this.tally = tally;
    }

    /** What a process says as it starts, before its first lookup of a name: Java would keep failures of its own. */
    public static void keepNoFailuresOfNames() {
        HostResolver.keepNoFailuresOfNames();
    }

    /** For those that store actions. */
    public ActionRules rules() {
        return rules;
    }

    /** For those that call. */
    public Deliverer deliverer() {
        return deliverer;
    }

    /** For those that keep the timers. */
    public HeldLanes lanes() {
        return lanes;
    }

    /** The lane of a url's host and port, by which its timer is kept. */
    public int lane(String url) {
        return lanes.lane(url);
    }

    /** What is set for destinations, all of it; what was set before holds no more. From the next call on, and for the timers that are taken next. */
    public void obey(Collection<Directive> directives) {
        List<Destination> resumed = destinations.obey(directives);
        lanes.obey(destinations.paused(), resumed);
    }

    /**
     * Holds this node's share of all limits that are of the cluster, from the next call on. To be told some times a second; cheap.
     *
     * @param members that call, by their last check-ins, in order of name
     */
    public void share(String nodeId, List<String> members) {
        destinations.share(nodeId, members);
    }

    /** The host and port that a text names as calls go by them; null where it names none. */
    public static @Nullable DestinationName destination(String text) {
        return DestinationName.parse(text);
    }

    /** What is configured for a destination. */
    public DestinationLimits configured(DestinationName name) {
        return destinations.configured(name);
    }

    /** The destinations that this node has to do with now, at most so many: the busiest. */
    public List<DestinationFigures> destinations(int most) {
        return destinations.figures(most);
    }

    /** For metrics; cheap. */
    public DeliveryFigures figures() {
        return tally.figures(destinations);
    }

    /** Closes idle connections and stops looking up names. Calls under way end by themselves. */
    @Override
    public void close() {
        resolver.close();
        destinations.close();
    }
}
