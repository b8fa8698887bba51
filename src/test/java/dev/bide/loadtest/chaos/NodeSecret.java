package dev.bide.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Each node signs its calls with a secret of its own, so that a call tells which node made it. See the Standard Webhooks specification. */
final class NodeSecret {
    private static final String ALGORITHM = "HmacSHA256";

    private NodeSecret() {}

    /** As the configuration takes it. */
    static String of(int node) {
        return "whsec_" + Base64.getEncoder().encodeToString(bytes(node));
    }

    /**
     * Whose signature it is.
     *
     * @param nodes how many there have been
     * @return 0 where it is none of theirs
     */
    static int signer(int nodes, String id, String timestamp, byte[] body, String signature) {
        for (int node = nodes; node > 0; node--) {
            if (signature.equals("v1," + sign(node, id, timestamp, body))) {
                return node;
            }
        }
        return 0;
    }

    private static String sign(int node, String id, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(bytes(node), ALGORITHM));
            mac.update((id + "." + timestamp + ".").getBytes(US_ASCII));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private static byte[] bytes(int node) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(("node " + node).getBytes(US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
