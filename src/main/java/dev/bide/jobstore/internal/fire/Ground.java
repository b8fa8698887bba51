package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.complete.Listeners;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.write.TriggerRows;

/** What most parts of the store stand on. */
public record Ground(
        Tables tables,
        StoreSettings settings,
        Transactions transactions,
        TriggerRows rows,
        Listeners listener,
        Counters counters) {}
