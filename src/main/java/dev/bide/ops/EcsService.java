package dev.bide.ops;

import ch.qos.logback.core.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What each line says of the service, by the Elastic Common Schema. */
public final class EcsService {
    static final String NAME = "bide";

    private static final String NODE = "bide.node";

    private EcsService() {}

    /** Of the program. */
    static String version() {
        String version = EcsService.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** This node's name, for the lines that follow: the log is set up before anybody knows it. */
    public static void node(String name) {
        if (LoggerFactory.getILoggerFactory() instanceof Context context) {
            context.putProperty(NODE, name);
        }
    }

    /** Null before it was told. */
    static @Nullable String node(Context context) {
        return context.getProperty(NODE);
    }
}
