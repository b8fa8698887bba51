package dev.bide.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** The limits of the HTTP contract. */
public final class ApiConfiguration {
    /**
     * The largest body of a single call, and of one item of a bulk call, after unpacking. Default 1MiB: a timer takes below 1 kB, a workflow
     * of 100 tasks below 100 kB. Raise it where third parties take large bodies; each is kept in the database.
     */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 16, unit = DataSizeUnit.MEBIBYTES)
    DataSize maxBodySize = DataSize.mebibytes(1);

    /** The largest body of a bulk call, after unpacking. Default 32MiB: 10,000 items of 3 kB. Each call under way holds some three times that in memory. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 256, unit = DataSizeUnit.MEBIBYTES)
    DataSize maxBulkBodySize = DataSize.mebibytes(32);

    /**
     * The largest input of a run, as JSON. Default 256KiB. It is kept as long as the run, and read again for each of its calls: give runs a
     * reference to what is larger.
     */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 16, unit = DataSizeUnit.MEBIBYTES)
    DataSize maxInputSize = DataSize.kibibytes(256);

    /** Items of one bulk call. Default 10,000, which is also the most: what the contract promises. Lower it where memory is scarce. */
    @JsonProperty
    @Min(1)
    @Max(10_000)
    int maxBulkItems = 10_000;

    /** Bulk calls under way at once; the next is answered 429. Default 4, for a heap of 1 GB; they share the database's one disk anyhow. */
    @JsonProperty
    @Min(1)
    @Max(64)
    int maxConcurrentBulkCalls = 4;

    /** What {@code Retry-After} says with 429 and 503, rounded up to seconds. Default 2s: a failover takes longer, a full queue less. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    Duration retryAfter = Duration.seconds(2);

    int bodyLimit() {
        return Math.toIntExact(maxBodySize.toBytes());
    }

    int inputLimit() {
        return Math.toIntExact(maxInputSize.toBytes());
    }

    int bulkBodyLimit() {
        return Math.toIntExact(maxBulkBodySize.toBytes());
    }

    String retryAfterSeconds() {
        return Long.toString((retryAfter.toMilliseconds() + 999) / 1_000);
    }
}
