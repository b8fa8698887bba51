package dev.bide;

import dev.bide.http.Health;
import dev.bide.ops.DatabaseProbe;
import java.util.Map;

/** This node's health: its database's, and who it is. */
final class NodeHealth implements Health {
    private final DatabaseProbe database;
    private final Map<String, Object> details;

    NodeHealth(BideConfiguration configuration, DatabaseProbe database) {
        this.database = database;
        String version = BideApplication.class.getPackage().getImplementationVersion();
        this.details = Map.of(
                "nodeId",
                configuration.nodeId.value(),
                "roles",
                configuration.roles.toString(),
                "version",
                version == null ? "development" : version);
    }

    @Override
    public Report report() {
        return new Report(database.up(), details);
    }
}
