package dev.bide;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotNull;
import java.util.Arrays;
import java.util.List;

/** The {@code auth} part of the configuration. */
public final class AuthConfiguration {
    /** Keys with commas between them; a request carries one as {@code Authorization: Bearer}. Default none: requests need no key. */
    @JsonProperty
    @NotNull
    String apiKeys = "";

    /** Lets a node without keys listen on addresses that other machines reach. Default false. */
    @JsonProperty
    boolean allowAnonymous;

    List<String> keys() {
        return Arrays.stream(apiKeys.split(","))
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .toList();
    }
}
