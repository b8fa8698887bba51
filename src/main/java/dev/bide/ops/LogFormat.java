package dev.bide.ops;

/** How the log's lines look. */
enum LogFormat {
    /** For people. */
    CONSOLE,
    /** Dropwizard's own fields. */
    JSON,
    /** The Elastic Common Schema's. */
    ECS
}
