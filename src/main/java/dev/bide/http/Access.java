package dev.bide.http;

import java.util.Collection;
import java.util.List;

/**
 * Who may send requests.
 *
 * @param keys any of which a request must carry; none means that it needs none
 * @param hosts beside this machine's own names, that a request without a key may be addressed to
 * @param anyHost whether those may be addressed to whatever host
 */
public record Access(Collection<String> keys, Collection<String> hosts, boolean anyHost) {
    public Access {
        keys = List.copyOf(keys);
        hosts = List.copyOf(hosts);
    }
}
