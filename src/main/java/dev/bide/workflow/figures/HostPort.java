package dev.bide.workflow.figures;

import dev.bide.json.InvalidException;

/** A destination, by the name that calls go by: {@code host} in small letters, an IPv6 address without brackets. */
public record HostPort(String host, int port) implements Comparable<HostPort> {
    private static final int HIGHEST_PORT = 65_535;

    public HostPort {
        if (host.isEmpty()) {
            throw new InvalidException("host", "must not be empty");
        }
        if (port < 1 || port > HIGHEST_PORT) {
            throw new InvalidException("port", "must be from 1 to " + HIGHEST_PORT);
        }
    }

    /** In the order of the lists and of writes: by host, then by port. */
    @Override
    public int compareTo(HostPort other) {
        int byHost = host.compareTo(other.host);
        return byHost != 0 ? byHost : Integer.compare(port, other.port);
    }

    /** As the contract writes it. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
