package dev.bide.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;

/** The keys that open the API; kept as hashes. How long a check takes says nothing about the keys. Thread-safe. */
final class ApiKeys {
    private final List<byte[]> hashes;

    ApiKeys(Collection<String> keys) {
        this.hashes = keys.stream().map(ApiKeys::hash).toList();
    }

    boolean include(String key) {
        byte[] hash = hash(key);
        boolean found = false;
        for (byte[] known : hashes) {
            found |= MessageDigest.isEqual(known, hash);
        }
        return found;
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
