package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The symmetric signature of the Standard Webhooks specification: {@code v1,} and base64 of HMAC-SHA256 over
 * {@code id.timestamp.body}, one for each secret, separated by spaces.
 */
final class Signature {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";

    private final List<SecretKeySpec> keys;

    /** @throws IllegalArgumentException for a secret that is none; the message does not repeat it */
    Signature(List<String> secrets) {
        this.keys = secrets.stream().map(Signature::key).toList();
    }

    boolean configured() {
        return !keys.isEmpty();
    }

    /** @param timestamp seconds since 1970 */
    String sign(String id, long timestamp, byte[] body) {
        byte[] front = (id + "." + timestamp + ".").getBytes(US_ASCII);
        StringBuilder signatures = new StringBuilder();
        for (SecretKeySpec key : keys) {
            signatures.append(signatures.isEmpty() ? "v1," : " v1,");
            signatures.append(Base64.getEncoder().encodeToString(mac(key, front, body)));
        }
        return signatures.toString();
    }

    private static byte[] mac(SecretKeySpec key, byte[] front, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(front);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private static SecretKeySpec key(String secret) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : "-");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("signingSecrets: each must be whsec_ and base64", e);
        }
        if (bytes.length < 24 || bytes.length > 64) {
            throw new IllegalArgumentException("signingSecrets: each must hold 24 to 64 bytes, not " + bytes.length);
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }
}
