package dev.bide.loadtest;

import java.sql.SQLException;

/** Processor time of each part in milliseconds, and what the database wrote in bytes, since they began; as differences, of a stretch of time. */
record Costs(
        long serviceCpu, long databaseCpu, long thirdPartyCpu, long generatorCpu, long walBytes, long historyBytes) {

    static Costs now(Rig rig) throws SQLException {
        return new Costs(
                ProcessFigures.cpuMillis(rig.service.pid()),
                rig.database.cpuMillis(),
                ProcessFigures.cpuMillis(rig.thirdParty.pid()),
                ProcessFigures.cpuMillis(ProcessHandle.current().pid()),
                rig.database.walBytes(),
                rig.database.historyBytes());
    }

    Costs since(Costs before) {
        return new Costs(
                serviceCpu - before.serviceCpu,
                databaseCpu - before.databaseCpu,
                thirdPartyCpu - before.thirdPartyCpu,
                generatorCpu - before.generatorCpu,
                walBytes - before.walBytes,
                historyBytes - before.historyBytes);
    }
}
