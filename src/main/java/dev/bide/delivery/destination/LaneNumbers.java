package dev.bide.delivery.destination;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bide.delivery.address.DestinationName;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The numbers of lanes: of a host and port, by a secret that the nodes of a cluster share and nobody else knows. By a sum that anybody can compute, whoever chose the
 * name of his host so that it comes out as another's would stop the timers of that one too, by an answer that asks to be left alone. Thread-safe.
 */
final class LaneNumbers {
    /** What Quartz gives to triggers of which nothing is said. */
    static final int NONE = 5;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;

    private final SecretKeySpec key;
    private final Cache<DestinationName, Integer> known =
            Caffeine.newBuilder().maximumSize(10_000).executor(Runnable::run).build();

    LaneNumbers(byte[] secret) {
        this.key = new SecretKeySpec(secret, ALGORITHM);
    }

    /** By a secret of this node's own: for what is stored nowhere. */
    static LaneNumbers random() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return new LaneNumbers(secret);
    }

    /** Two destinations may have the same one, by a chance that nobody can improve. */
    int of(DestinationName name) {
        return known.get(name, this::number);
    }

    private int number(DestinationName name) {
        byte[] sum = mac().doFinal(name.toString().getBytes(UTF_8));
        int lane = ByteBuffer.wrap(sum).getInt();
        return lane == NONE ? lane + 1 : lane;
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
