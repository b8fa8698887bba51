package dev.bide.delivery;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.delivery.lease.Leases;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The {@code redis} part of the configuration: what the workers agree by on what they may ask of a destination together. */
public final class RedisConfiguration {
    /**
     * {@code redis://[user:password@]host:6379}, {@code rediss://} with TLS, {@code redis-sentinel://host:26379,…#name}, or with several hosts those of a Cluster. Default
     * none: limits are shared out evenly among the workers that live.
     */
    @JsonProperty
    @Nullable
    String url;

    /** Null where there is none. @throws IllegalArgumentException where it can't be one */
    @Nullable
    Leases leases(Supplier<String> cluster) {
        return url == null || url.isBlank() ? null : new Leases(url.strip(), cluster);
    }
}
