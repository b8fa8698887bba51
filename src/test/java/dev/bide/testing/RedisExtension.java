package dev.bide.testing;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Redis Cluster of six processes for the tests of a class. Where the programs are missing they are skipped, but in CI they fail. */
public final class RedisExtension implements BeforeAllCallback, AfterAllCallback {
    private RedisServers servers;

    public static RedisExtension cluster() {
        return new RedisExtension();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (System.getenv("CI") == null) {
            Assumptions.assumeTrue(RedisServers.missing().isEmpty(), RedisServers.missing());
        }
        servers = new RedisServers(6);
        servers.start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (servers != null) {
            servers.close();
        }
    }

    public RedisServers servers() {
        return servers;
    }
}
