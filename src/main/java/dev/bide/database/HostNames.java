package dev.bide.database;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Tells a name that nobody has from one that can't be looked up right now. */
final class HostNames {
    /** What the resolver of every system in use says of itself, EAI_AGAIN in netdb.h. The JVM passes it on as text only. */
    private static final String FOR_NOW = "Temporary failure";

    private HostNames() {}

    /** Whether the fault is that a name does not resolve, and the one who knows says so. */
    static boolean isUnknown(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException unknown) {
                return !resolves(String.valueOf(unknown.getMessage()));
            }
        }
        return false;
    }

    /** Asked again, as the driver does not say why it did not. Where it does by now, or may in a moment, that is no end. */
    private static boolean resolves(String name) {
        try {
            return InetAddress.getAllByName(name).length > 0;
        } catch (UnknownHostException e) {
            return String.valueOf(e.getMessage()).contains(FOR_NOW);
        }
    }
}
