package dev.bide.ops;

import com.codahale.metrics.health.HealthCheck;
import dev.bide.database.DatabaseProbe;

/** Whether the database takes writes: a standby answers queries, and is of no use. */
final class DatabaseHealth extends HealthCheck {
    private final DatabaseProbe probe;

    DatabaseHealth(DatabaseProbe probe) {
        this.probe = probe;
    }

    @Override
    protected Result check() {
        String fault = probe.fault();
        return fault == null ? Result.healthy() : Result.unhealthy(fault);
    }
}
