package dev.bide.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.http.body.Patience;
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
import org.jspecify.annotations.Nullable;

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

    /**
     * Values of all kinds (numbers, strings, lists, objects, …) in the body of a single call, and in one item of a bulk call. Default 150,000:
     * some 120 bytes of memory each, however short they are, while the body is read. Lower it on a small heap.
     */
    @JsonProperty
    @Min(100)
    @Max(1_000_000)
    public int maxBodyNodes = 150_000;

    /** The largest body of a bulk call, after unpacking. Default 32MiB: 10,000 items of 3 kB. */
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
    public int maxBulkItems = 10_000;

    /** Bulk calls under way at once; the next is answered 429. Default 4, for a heap of 1 GB; they share the database's one disk anyhow. */
    @JsonProperty
    @Min(1)
    @Max(64)
    public int maxConcurrentBulkCalls = 4;

    /**
     * Memory that all requests under way may take together, a body counted three times over and 120 bytes for each value in it; the next is
     * answered 429, and 413 what is too much even alone. Default none: a quarter of the heap.
     */
    @JsonProperty
    @MinDataSize(value = 1, unit = DataSizeUnit.MEBIBYTES)
    @Nullable
    DataSize maxBytesUnderWay;

    /**
     * A body that is not there so long after its request began is not waited for: 408. Default 30s. Raise it where clients send large bulk
     * calls over slow lines; a sender holds no thread.
     */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    Duration bodyTimeout = Duration.seconds(30);

    /** Whoever sends a body slower than that many bytes a second, on the average after the first seconds, is answered 408. Default 1KiB; 0 for any rate. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 0, unit = DataSizeUnit.BYTES)
    DataSize minBodyRate = DataSize.kibibytes(1);

    /**
     * A client that has not taken its answer so long after its request came is cut off. Default 2min. Raise it where clients read large pages over
     * slow lines; a reader holds no thread, only what memory its answer takes.
     */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    Duration answerTimeout = Duration.minutes(2);

    /** Whoever takes an answer slower than that many bytes a second, on the average after the first seconds, is cut off. Default 1KiB; 0 for any rate. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 0, unit = DataSizeUnit.BYTES)
    DataSize minAnswerRate = DataSize.kibibytes(1);

    /** What {@code Retry-After} says with 429 and 503, rounded up to seconds. Default 2s: a failover takes longer, a full queue less. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    Duration retryAfter = Duration.seconds(2);

    public int bodyLimit() {
        return Math.toIntExact(maxBodySize.toBytes());
    }

    public int inputLimit() {
        return Math.toIntExact(maxInputSize.toBytes());
    }

    public int bulkBodyLimit() {
        return Math.toIntExact(maxBulkBodySize.toBytes());
    }

    long memoryLimit() {
        return maxBytesUnderWay == null ? Runtime.getRuntime().maxMemory() / 4 : maxBytesUnderWay.toBytes();
    }

    public Patience patience() {
        return new Patience(bodyTimeout.toJavaDuration(), minBodyRate.toBytes());
    }

    Patience answerPatience() {
        return new Patience(answerTimeout.toJavaDuration(), minAnswerRate.toBytes());
    }

    /** Of the memory for requests, for answers that their clients have not taken yet: beside it, so that slow readers take nothing from senders. */
    long answerMemory() {
        return memoryLimit() / 2;
    }

    String retryAfterSeconds() {
        return Long.toString((retryAfter.toMilliseconds() + 999) / 1_000);
    }
}
