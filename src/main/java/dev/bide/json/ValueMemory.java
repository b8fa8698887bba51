package dev.bide.json;

/** The memory that the values of one request take as they are read. */
public interface ValueMemory {
    /** Before so many more are kept. May refuse, by an exception that ends the reading. */
    void take(int values);

    /** So many are not held any more. */
    void giveBack(int values);
}
