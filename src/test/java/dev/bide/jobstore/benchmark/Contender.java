package dev.bide.jobstore.benchmark;

/** One way to keep timers. Timer n of a run is told to {@link Tally#fired} when it fires. */
interface Contender extends AutoCloseable {
    String name();

    /** Makes its tables, empty. */
    void prepare() throws Exception;

    /** Stores timers from (inclusive) to (exclusive), due as the tally says, in this contender's best way. */
    void store(String run, Tally tally, long[] dueMillis) throws Exception;

    void start() throws Exception;

    void stop() throws Exception;

    /** Rows of timers that are left. */
    long remaining() throws Exception;

    @Override
    void close() throws Exception;
}
