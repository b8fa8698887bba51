package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What all cases need: a database, nodes, the good third party, and a client. */
record Scene(Stage stage, DatabaseProcess database, Cluster cluster, LedgerThirdParty thirdParty, Api api) {

    /**
     * Starts all.
     *
     * @param jvmOptions of the nodes, where the command line has none
     * @param environment what the nodes get besides
     */
    static Scene set(
            Stage stage, IsolationOptions options, int nodes, String jvmOptions, Map<String, String> environment)
            throws IOException, InterruptedException {
        DatabaseProcess database = stage.opened(new DatabaseProcess(stage.directory(), stage.data(), stage.logs()));
        database.begin();
        List<String> jvm = options.jvmOptions().isEmpty() ? List.of(jvmOptions.split(" ")) : options.jvmOptions();
        Cluster cluster = stage.opened(new Cluster(
                new BideNode.Settings(options.jar(), jvm, database.jdbcUrl(), stage.logs(), environment),
                false,
                0,
                new FaultLog()));
        LedgerThirdParty thirdParty = stage.opened(new LedgerThirdParty(cluster::everStarted));
        for (int node = 0; node < nodes; node++) {
            cluster.add();
        }
        return new Scene(stage, database, cluster, thirdParty, stage.opened(new Api()));
    }

    String firstNode() {
        return cluster.nodes().get(0).url();
    }
}
