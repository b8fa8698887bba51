package dev.bide.http.guard;

import jakarta.ws.rs.core.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that open the API, kept as hashes; without any it is open. How long a check takes says nothing about the keys. Thread-safe. */
final class ApiKeys {
    private final List<byte[]> all;
    private final List<byte[]> reading;

    /** @param reading those that may only read; one that is among {@code all} too may do all */
    ApiKeys(Collection<String> all, Collection<String> reading) {
        this.all = all.stream().map(ApiKeys::hash).toList();
        this.reading = reading.stream().map(ApiKeys::hash).toList();
    }

    boolean isEmpty() {
        return all.isEmpty() && reading.isEmpty();
    }

    /** What a request with these headers may do. */
    Right right(Headers headers) {
        if (isEmpty()) {
            return Right.ALL;
        }
        String key = given(headers);
        if (key == null) {
            return Right.NONE;
        }
        byte[] hash = hash(key);
        boolean mayRead = isAmong(reading, hash);
        return isAmong(all, hash) ? Right.ALL : mayRead ? Right.READ : Right.NONE;
    }

    /** The key that a request brings. */
    static @Nullable String given(Headers headers) {
        String bearer = headers.get(HttpHeaders.AUTHORIZATION);
        if (bearer != null && bearer.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return bearer.substring(7).strip();
        }
        return headers.get("X-Api-Key");
    }

    private static boolean isAmong(List<byte[]> hashes, byte[] hash) {
        boolean found = false;
        for (byte[] known : hashes) {
            found |= MessageDigest.isEqual(known, hash);
        }
        return found;
    }

    /** The headers of a request, whatever reads them. */
    interface Headers {
        /** What is given more than once, with commas between. */
        @Nullable
        String get(String name);
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
