package dev.bide;

import dev.bide.ops.OpenDatabase;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a server that is told to stop while it starts. Jetty's own shutdown hook passes over a server that is not up yet, and the embedded database would outlive
 * it, or be stopped under calls that are under way. Once the server is up this only waits for Jetty's hook.
 */
record EarlyStop(OpenDatabase database) implements LifeCycle.Listener {
    private static final Logger LOGGER = LoggerFactory.getLogger(EarlyStop.class);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @Override
    public void lifeCycleStarting(LifeCycle server) {
        database.usedUntil(() -> stop(server));
    }

    private static void stop(LifeCycle server) {
        try {
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (server.isStarting() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            // Waits while another thread does the same.
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOGGER.warn("The server did not stop cleanly", e);
        }
    }
}
