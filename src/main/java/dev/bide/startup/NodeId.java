package dev.bide.startup;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The name of this node in the cluster. No two nodes may have the same at a time. */
public record NodeId(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    public NodeId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "NODE_ID must be 1 to 100 letters, digits, '.', '_' or '-', and begin with a letter or digit");
        }
    }

    /** @param text empty for one that is made up */
    @JsonCreator
    static NodeId of(String text) {
        return text.isBlank() ? random() : new NodeId(text.strip());
    }

    /**
     * The host's name and a random end: a container that restarts within the time in which its cluster notices that it died has the same host name and process id,
     * and must not be taken for the one before.
     */
    public static NodeId random() {
        String end = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        return new NodeId(hostName() + "-" + end);
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
            return FORM.matcher(name).matches() ? name.substring(0, Math.min(name.length(), 80)) : "node";
        } catch (UnknownHostException e) {
            return "node";
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
