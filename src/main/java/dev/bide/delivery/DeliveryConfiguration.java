package dev.bide.delivery;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.delivery.address.AddressGuard;
import dev.bide.delivery.address.HostResolver;
import dev.bide.delivery.address.Network;
import dev.bide.delivery.answer.AnswerReader;
import dev.bide.delivery.destination.Deferrals;
import dev.bide.delivery.destination.DestinationLimits;
import dev.bide.delivery.destination.Destinations;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.delivery.destination.Tally;
import dev.bide.delivery.destination.Threads;
import dev.bide.delivery.lease.Leases;
import dev.bide.delivery.template.Filler;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** The {@code delivery} part of the configuration. Builds {@link Delivery}. */
public final class DeliveryConfiguration {

    private static final int USUAL_THREADS = 512;

    /**
     * Networks that may be called although they are private, loopback, link-local or otherwise not public: a list of
     * {@code address/bits}, or one text with commas, or {@code none}. Default none. Name only what users may reach from here.
     */
    @JsonProperty
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    @Nullable
    List<String> allowedPrivateNetworks = List.of();

    /**
     * Secrets that sign each call as the Standard Webhooks specification has it: {@code whsec_} and base64 of 24 to 64
     * bytes. A list, or one text with commas. Default none: calls are not signed. While a secret is being changed, give
     * the new one and the old one: each call carries a signature by each.
     */
    @JsonProperty
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    @Nullable
    List<String> signingSecrets = List.of();

    /** For one address of a destination to take the connection; then the next is tried. Default 3s. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.MINUTES)
    Duration connectTimeout = Duration.seconds(3);

    /**
     * How long a connection may lie idle before it is closed. Default 4s: servers commonly close theirs after 5 s or
     * more, and a connection that is closed by us first never fails a call.
     */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    Duration keepAlive = Duration.seconds(4);

    /**
     * How much of an answer's body is read, so that its connection can serve the next call. Default 64KiB. What is
     * longer is cut off with its connection; the answer counts all the same.
     */
    @JsonProperty
    @NotNull
    @MinDataSize(1)
    DataSize answerSize = DataSize.kibibytes(64);

    /**
     * Whether a name that resolves to an address that may not be called is refused when it is stored, and not only when
     * it is called. A request waits 300 ms for all its names together, and stores what nobody answered for by then. Default
     * true. False where this node can't resolve what the workers can.
     */
    @JsonProperty
    boolean resolveWhenStored = true;

    /** How big an action may be. */
    @JsonProperty
    @NotNull
    @Valid
    ActionLimits limits = new ActionLimits();

    /** For each destination that {@link #destinations} doesn't name. */
    @JsonProperty
    @NotNull
    @Valid
    DestinationLimits defaultDestination = new DestinationLimits();

    /**
     * By host ({@code api.example.com}), for all its ports, or by host and port ({@code api.example.com:8443}), which
     * wins. Default none. What an entry leaves out has its own default, not that of {@link #defaultDestination}.
     */
    @JsonProperty
    @NotNull
    @Valid
    Map<String, DestinationLimits> destinations = new LinkedHashMap<>();

    /**
     * Destinations whose connections, breaker and rate are kept in memory; those unused longest are forgotten. Default
     * 10000.
     */
    @JsonProperty
    @Min(1)
    @Max(1_000_000)
    int rememberedDestinations = 10_000;

    /**
     * For how long at most a destination is left alone when it answers 429 or 503 with {@code Retry-After}. Default 5min; 0s: not at all, and each timer is told for
     * itself. Lower it where a third party asks for long pauses of all that it wants from one customer.
     */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    Duration longestAskedPause = Duration.minutes(5);

    /**
     * Timers that come back in one second after their calls were put off, all destinations together. Default 300. Each costs some 3 statements' worth of the
     * database, as a call does.
     */
    @JsonProperty
    @Min(1)
    @Max(100_000)
    int deferralsPerSecond = 300;

    /** With these as {@link #allowedPrivateNetworks}. */
    public DeliveryConfiguration allowing(String... networks) {
        allowedPrivateNetworks = List.of(networks);
        return this;
    }

    /**
     * The part, ready to use.
     *
     * @param threads calls under way at once on this node, at most; destinations that don't answer get a part of them
     * @throws IllegalArgumentException that names the field, for a network or a secret that is none
     */
    public Delivery build(InstantSource clock, int threads) {
        return build(clock, threads, new RedisConfiguration());
    }

    /** The same with a Redis, by which the workers agree on what they may ask of a destination together. */
    public Delivery build(InstantSource clock, int threads, RedisConfiguration redis) {
        return build(clock, threads, redis, Dns.SYSTEM);
    }

    /** The same for a node with {@value #USUAL_THREADS} threads. */
    public Delivery build(InstantSource clock) {
        return build(clock, Dns.SYSTEM);
    }

    Delivery build(InstantSource clock, Dns dns) {
        return build(clock, USUAL_THREADS, dns);
    }

    Delivery build(InstantSource clock, int threads, Dns dns) {
        return build(clock, threads, new RedisConfiguration(), dns);
    }

    private Delivery build(InstantSource clock, int threads, RedisConfiguration redis, Dns dns) {
        AddressGuard guard = new AddressGuard(networks());
        Filler filler = new Filler((int) Math.min(limits.filledBodySize.toBytes(), Integer.MAX_VALUE));
        Signature signature = new Signature(separate(signingSecrets));
        HostResolver resolver = new HostResolver(dns, guard);
        OkHttpClient client = HttpClients.create(connectTimeout.toJavaDuration(), guard, resolver);
        Threads shared = new Threads(threads);
        HeldLanes lanes = new HeldLanes(shared);
        Leases leases = redis.leases(lanes::cluster);
        Destinations known = new Destinations(destinations(), shared, client, lanes, leases);
        Tally tally = new Tally();
        OkHttpDeliverer deliverer = new OkHttpDeliverer(
                known,
                new Deferrals(lanes, deferralsPerSecond, tally),
                new NodeFaults(System::nanoTime),
                resolver,
                new RequestWriter(filler, signature, clock, limits.headersLength),
                new AnswerReader(answerSize.toBytes()),
                clock,
                tally);
        ActionRules rules = new ActionRules(limits, resolveWhenStored, guard, filler, resolver);
        return new Delivery(rules, deliverer, resolver, known, lanes, tally);
    }

    private Destinations.Settings destinations() {
        return new Destinations.Settings(
                defaultDestination,
                destinations,
                rememberedDestinations,
                keepAlive.toJavaDuration(),
                longestAskedPause.toJavaDuration());
    }

    private List<Network> networks() {
        try {
            return separate(allowedPrivateNetworks).stream()
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
