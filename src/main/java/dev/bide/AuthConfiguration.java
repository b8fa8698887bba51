package dev.bide;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.http.Access;
import jakarta.validation.constraints.NotNull;
import java.util.Arrays;
import java.util.List;

/** The {@code auth} part of the configuration. */
public final class AuthConfiguration {
    /** Keys with commas between them; a request carries one as {@code Authorization: Bearer}. Default none: requests need no key. */
    @JsonProperty
    @NotNull
    String apiKeys = "";

    /**
     * Keys, with commas between them, that may only read: what changes something or calls somebody is answered 403. Default none. For those who watch; one
     * that is among {@link #apiKeys} too may do all.
     */
    @JsonProperty
    @NotNull
    String readKeys = "";

    /** Lets a node without keys listen on addresses that other machines reach, under whatever name. Default false. */
    @JsonProperty
    boolean allowAnonymous;

    /**
     * Names, with commas between them, under which a node without keys is reached, beside localhost and 127.0.0.1. Default none. A browser's
     * page can give its own name this machine's address; what is addressed to a name that is not here is refused.
     */
    @JsonProperty
    @NotNull
    String allowedHosts = "";

    List<String> keys() {
        return list(apiKeys);
    }

    /** Callers show a key, or whoever runs this wants none. */
    boolean guarded() {
        return !keys().isEmpty() || !list(readKeys).isEmpty() || allowAnonymous;
    }

    Access access() {
        return new Access(keys(), list(readKeys), list(allowedHosts), allowAnonymous);
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .toList();
    }
}
