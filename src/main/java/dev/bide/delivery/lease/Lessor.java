package dev.bide.delivery.lease;

import dev.bide.delivery.address.DestinationName;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Whom a lease is had from, as a lease sees it. */
interface Lessor {
    /** Who has to be looked after some times a second. */
    interface Tenant {
        /** Asks for what is needed, gives back what is not, and is looked after no more once it has nothing. */
        void turn();

        /** Whether it goes by its share. */
        boolean isAway();
    }

    /** As {@link System#nanoTime} counts it. */
    long now();

    /** Whether this node leases at all: one that fires no timers does not. */
    boolean isOn();

    /** Whether Redis has just answered. */
    boolean up();

    void add(Tenant tenant);

    void remove(Tenant tenant);

    String nodeId();

    /** Of one destination, by the script of leases. */
    CompletionStage<List<Object>> ask(DestinationName name, String... arguments);

    void answered();

    /** @param fault null where nothing came in time */
    void failed(@Nullable Throwable fault);

    /** This node's share. */
    int share(int whole, int lane);

    /** The shares of those that go by leases, this node among them, together. */
    int pool(int whole, int lane);
}
