package dev.bide.delivery;

import java.security.Security;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** The part that calls third parties, as {@link DeliveryConfiguration} builds it. Opens no connection before a call. */
public final class Delivery implements AutoCloseable {

    private final ActionRules rules;
    private final Deliverer deliverer;
    private final HostResolver resolver;
    private final Destinations destinations;
    private final HeldLanes lanes;
    private final Tally tally = new Tally();

    Delivery(DeliveryConfiguration configuration, InstantSource clock, int threads, Dns dns) {
        AddressGuard guard = new AddressGuard(networks(configuration.allowedPrivateNetworks));
        Filler filler = new Filler((int) Math.min(configuration.limits.filledBodySize.toBytes(), Integer.MAX_VALUE));
        Signature signature = new Signature(separate(configuration.signingSecrets));
        this.resolver = new HostResolver(dns, guard);
        OkHttpClient client = HttpClients.create(configuration.connectTimeout.toJavaDuration(), guard, resolver);
        Threads shared = new Threads(threads);
        this.lanes = new HeldLanes(shared);
        this.destinations = new Destinations(configuration, shared, client, lanes);
        this.rules = new ActionRules(configuration, guard, filler, resolver);
        this.deliverer = new OkHttpDeliverer(
                destinations,
                new Deferrals(lanes, configuration.deferralsPerSecond, tally),
                new NodeFaults(System::nanoTime),
                resolver,
                new RequestWriter(filler, signature, clock, configuration.limits.headersLength),
                new AnswerReader(configuration.answerSize.toBytes()),
                clock,
                tally);
    }

    /**
     * Java keeps failures of names for ten seconds of its own, and says of a kept one no more than the name: whether anybody had answered can't be told any more. They
     * are kept here, for one. Java reads this at its first lookup of all, so a process says it as it starts.
     */
    public static void keepNoFailuresOfNames() {
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
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

    private static List<Network> networks(@Nullable List<String> texts) {
        try {
            return separate(texts).stream()
                    .filter(text -> !text.equalsIgnoreCase("none"))
                    .map(Network::parse)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("allowedPrivateNetworks: " + e.getMessage(), e);
        }
    }

    /** An environment variable holds a list as one text, and nothing as an empty one. */
    private static List<String> separate(@Nullable List<@Nullable String> texts) {
        return texts == null
                ? List.of()
                : texts.stream()
                        .filter(text -> text != null)
                        .flatMap(text -> Arrays.stream(text.split("[,\\s]+")))
                        .filter(text -> !text.isEmpty())
                        .toList();
    }
}
