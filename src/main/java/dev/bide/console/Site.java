package dev.bide.console;

import java.util.Optional;

/** What lies at which address. Thread-safe. */
@FunctionalInterface
interface Site {
    /**
     * @param path the address as it was sent, from the slash after the host, without a query
     * @return empty where there is nothing
     */
    Optional<Served> at(String path);
}
