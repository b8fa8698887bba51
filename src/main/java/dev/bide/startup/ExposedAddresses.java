package dev.bide.startup;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Whoever can reach the API can make this node call any address it may call: so other machines reach it with a key only. */
public final class ExposedAddresses {
    private ExposedAddresses() {}

    /** @param guarded there are keys, or whoever runs it wants none */
    public static void refuseUnless(boolean guarded, ServerFactory factory) {
        if (!(factory instanceof DefaultServerFactory server)) {
            throw new StartFault.Refused("server.type must be default: metrics and tasks have a port of their own");
        }
        if (guarded) {
            return;
        }
        server.getApplicationConnectors().forEach(ExposedAddresses::refuse);
        server.getAdminConnectors().forEach(ExposedAddresses::refuse);
    }

    private static void refuse(ConnectorFactory connector) {
        if (connector instanceof HttpConnectorFactory http && !isLoopback(http.getBindHost())) {
            String host = http.getBindHost();
            throw new StartFault.Refused(
                    (host == null || host.isBlank() ? "No bindHost (BIND_HOST): every address" : "BIND_HOST " + host)
                            + " can be reached from other machines and no API_KEYS are set; set them, bind to 127.0.0.1, or say auth.allowAnonymous: true");
        }
    }

    private static boolean isLoopback(@Nullable String host) {
        if (host == null || host.isBlank()) {
            return false; // all addresses
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new StartFault.Refused("BIND_HOST " + host + " is no address of this machine");
        }
    }
}
