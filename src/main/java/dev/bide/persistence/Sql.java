package dev.bide.persistence;

import org.jdbi.v3.core.locator.ClasspathSqlLocator;

/** Statements of ten lines and more, each in a file beside its store. Read once, when the store's class is loaded. */
final class Sql {
    private static final ClasspathSqlLocator FILES = ClasspathSqlLocator.removingComments();

    private Sql() {}

    /** @param name of the file, in the folder that has the store's name */
    static String of(Class<?> store, String name) {
        return FILES.locate(store, name).strip();
    }
}
