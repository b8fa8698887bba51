package dev.bide.delivery.lease;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Redis is. Its text may hold a password: it is in no message.
 *
 * @param nodes one, or those of a Cluster that are asked for the others
 */
record RedisUrl(List<RedisURI> nodes) {
    private static final String KINDS =
            "redis.url must be redis://host:6379, rediss://… with TLS, redis-sentinel://host:26379,…#name, or with several hosts redis://host:6379,host:6379 of a Cluster";

    private static final Pattern PARTS = Pattern.compile("(rediss?)://([^/?#]*@)?([^/?#@]+)([/?#].*)?");

    private static final Pattern HOST = Pattern.compile("(\\[[^\\]]+\\]|[^:\\[\\]\\s]+)(:[0-9]{1,5})?");

    /** For what nobody waits for; it bounds how long a frozen node holds up a look at the others. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    RedisUrl {
        nodes = List.copyOf(nodes);
    }

    /** @throws IllegalArgumentException where it is none */
    static RedisUrl of(String text) {
        List<RedisURI> nodes;
        try {
            Matcher parts = PARTS.matcher(text);
            if (parts.matches()) {
                String user = parts.group(2) == null ? "" : parts.group(2);
                String rest = parts.group(4) == null ? "" : parts.group(4);
                List<String> hosts = Arrays.asList(parts.group(3).split(",", -1));
                if (!hosts.stream().allMatch(host -> HOST.matcher(host).matches())) {
                    throw new IllegalArgumentException(KINDS);
                }
                nodes = hosts.stream()
                        .map(host -> RedisURI.create(parts.group(1) + "://" + user + host + rest))
                        .toList();
            } else if (text.startsWith("redis-sentinel://")) {
                nodes = List.of(RedisURI.create(text));
            } else {
                throw new IllegalArgumentException(KINDS);
            }
            for (RedisURI node : nodes) {
                if (node.getSentinels().isEmpty()
                        && (node.getHost() == null || node.getHost().isEmpty())) {
                    throw new IllegalArgumentException(KINDS);
                }
            }
        } catch (RuntimeException e) {
            // Its own message, and that of its cause, may hold the password.
            throw new IllegalArgumentException(KINDS);
        }
        nodes.forEach(node -> node.setTimeout(PATIENCE));
        return new RedisUrl(nodes);
    }

    boolean isCluster() {
        return nodes.size() > 1;
    }

    /** For the log: hosts and ports. */
    @Override
    public String toString() {
        return nodes.stream()
                .flatMap(node -> node.getSentinels().isEmpty() ? List.of(node).stream() : node.getSentinels().stream())
                .map(node -> node.getHost() + ":" + node.getPort())
                .toList()
                .toString();
    }
}
