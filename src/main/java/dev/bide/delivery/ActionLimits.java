package dev.bide.delivery;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.validation.MinDataSize;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** How big an action may be. All are checked when it is stored. Raise one when a third party needs more. */
public final class ActionLimits {

    /** Characters in a url. Default 2048, which is what servers commonly take. */
    @JsonProperty
    @Min(16)
    int urlLength = 2048;

    /** Headers of one action. Default 32. */
    @JsonProperty
    @Min(0)
    int headerCount = 32;

    /** All names and values of one action's headers together, in characters; and all values again, once filled. Default
     * 8192: many servers take no more. */
    @JsonProperty
    @Min(0)
    int headersLength = 8192;

    /** The body as stored. Default 64KiB. Each waiting timer keeps its own. */
    @JsonProperty
    @NotNull
    @Valid
    @MinDataSize(1)
    DataSize bodySize = DataSize.kibibytes(64);

    /** The body as sent, after its variables are filled. Default 1MiB. A bigger one is dead at once. */
    @JsonProperty
    @NotNull
    @Valid
    @MinDataSize(1)
    DataSize filledBodySize = DataSize.mebibytes(1);
}
