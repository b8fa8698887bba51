package dev.bide.workflow.store;

import dev.bide.workflow.figures.DeadStore;
import java.sql.Connection;

/** The stores, all on one connection and in one transaction. For one thread. */
public interface Session {
    Connection connection();

    /** From here to the end of the transaction it waits 200 ms for a lock, and no longer: for work that can be done in another order. */
    void hardlyWait();

    WorkflowStore workflows();

    RunStore runs();

    TimerStore timers();

    HistoryStore history();

    OperationStore operations();

    RepairStore repairs();

    DeadStore dead();

    /** By which all nodes number the lanes of destinations. Made once, with the schema; nobody else may know it. */
    byte[] laneSecret();
}
