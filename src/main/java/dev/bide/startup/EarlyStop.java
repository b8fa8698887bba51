package dev.bide.startup;

import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a server with an embedded database when the JVM ends, also in the middle of its start. Jetty's own shutdown hook passes over a server that is not up yet,
 * and the database would outlive it, or be stopped under calls that are under way.
 *
 * @param usedUntil the database's: stops what it is given before itself; false where it is not its to stop
 */
public record EarlyStop(Predicate<Runnable> usedUntil) implements LifeCycle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyStop.class);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @Override
    public void lifeCycleStarting(LifeCycle server) {
        if (server instanceof Server jetty && usedUntil.test(() -> stop(server))) {
            // One hook only: where two race for the stop, Jetty's destroys what the other still has to stop.
            jetty.setStopAtShutdown(false);
        }
    }

    private static void stop(LifeCycle server) {
        try {
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (server.isStarting() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("The server did not stop cleanly", e);
        }
    }
}
