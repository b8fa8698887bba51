package dev.bide.embedded;

import java.nio.file.Path;

/** A service as the embedded database sees one: another process, which holds the database until its standard input ends or it is killed. */
final class EmbeddedDatabaseProgram {
    private EmbeddedDatabaseProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]))) {
            System.out.println("ready " + database.processId() + " " + database.jdbcUrl());
            while (System.in.read() >= 0) {
                // until the test closes it
            }
        }
        System.out.println("closed");
    }
}
