package dev.bide.http;

import java.util.Collection;
import java.util.List;

/**
 * Who may send requests.
 *
 * @param keys that may do all
 * @param readKeys that may only read. A request must carry one of either; without any it needs none
 * @param hosts beside this machine's own names, that a request without a key may be addressed to
 * @param anyHost whether those may be addressed to whatever host
 */
public record Access(Collection<String> keys, Collection<String> readKeys, Collection<String> hosts, boolean anyHost) {
    public Access {
        keys = List.copyOf(keys);
        readKeys = List.copyOf(readKeys);
        hosts = List.copyOf(hosts);
    }
}
