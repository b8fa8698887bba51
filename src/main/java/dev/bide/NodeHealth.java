package dev.bide;

import dev.bide.database.DatabaseProbe;
import dev.bide.http.Health;
import dev.bide.ops.EngineHealth;
import java.util.Map;

/** This node's health: its database's, whether its engine moves, and who it is. */
final class NodeHealth implements Health {
    private final DatabaseProbe database;
    private final EngineHealth engine;
    private final Map<String, Object> details;

    NodeHealth(BideConfiguration configuration, DatabaseProbe database, EngineHealth engine) {
        this.database = database;
        this.engine = engine;
        this.details = Map.of(
                "nodeId", configuration.nodeId.value(), "roles", configuration.roles.toString(), "version", version());
    }

    /** Of the program. */
    static String version() {
        String version = NodeHealth.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public Report report() {
        return new Report(database.up() && engine.moves(), details);
    }
}
