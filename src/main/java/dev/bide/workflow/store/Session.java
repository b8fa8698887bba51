package dev.bide.workflow.store;

import dev.bide.workflow.figures.DeadStore;
import dev.bide.workflow.figures.DestinationStore;
import dev.bide.workflow.figures.DueStore;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.WaiterStore;
import dev.bide.workflow.notice.NoticeStore;
import java.sql.Connection;
import java.time.Duration;

/** The stores, all on one connection and in one transaction. For one thread. */
public interface Session {
    Connection connection();

    /** From here to the end of the transaction it waits 200 ms for a lock, and no longer: for work that can be done in another order. */
    void hardlyWait();

    /** From here to the end of the transaction no statement takes longer: for what is asked again and again, and must not pile up. */
    void giveUpAfter(Duration patience);

    /** A second is enough for what people look at again and again. */
    default void readBriefly() {
        giveUpAfter(Duration.ofSeconds(1));
    }

    WorkflowStore workflows();

    RunStore runs();

    TimerStore timers();

    ListStore lists();

    WaiterStore waiters();

    HistoryStore history();

    OperationStore operations();

    RepairStore repairs();

    DeadStore dead();

    DestinationStore destinations();

    DueStore due();

    FigureStore figures();

    NoticeStore notices();

    /** By which all nodes number the lanes of destinations. Made once, with the schema; nobody else may know it. */
    byte[] laneSecret();
}
