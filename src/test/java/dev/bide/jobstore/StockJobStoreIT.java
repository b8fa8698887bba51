package dev.bide.jobstore;

/** Quartz's own store, the oracle. */
class StockJobStoreIT extends JobStoreContract {
    @Override
    Node create(String cluster) {
        return Node.stock(cluster, "a", POSTGRES.dataSource());
    }

    @Override
    void settled() {}
}
